"""config: `vrrp_instance`, `vrrp_script`, `vrrp_sync_group`."""

from __future__ import annotations

from dataclasses import replace

from lvstui.config.schema import (
    MAX_SIGNED,
    Block,
    address,
    block,
    boolean,
    choice,
    command,
    entries,
    flag,
    integer,
    known,
    seconds,
    without_effect,
    word,
    words,
)

_NOTIFY = "is accepted and has no effect here yet: the script is not run"

AUTHENTICATION: Block = {"auth_type": choice("PASS", "AH", default="PASS"), "auth_pass": word()}

VRRP_INSTANCE: Block = {
    "state": word("BACKUP"),
    "interface": word(),
    "virtual_router_id": integer(1, 255, strict=True),
    "priority": integer(1, 255, 100, strict=True),
    "advert_int": seconds(0.01, 255, 1.0),
    "version": integer(2, 3),
    "authentication": block("authentication"),
    "virtual_ipaddress": entries(),
    "virtual_ipaddress_excluded": entries(),
    "nopreempt": flag(),
    "preempt": flag(),
    "preempt_delay": seconds(0, 1000, 0.0),
    "track_interface": entries(),
    "track_script": entries(),
    "unicast_src_ip": address(),
    "unicast_peer": entries(),
    "mcast_src_ip": address(),
    "garp_master_delay": integer(0, unit="s"),
    "garp_master_repeat": integer(1),
    "garp_master_refresh": integer(0, unit="s"),
    "garp_master_refresh_repeat": integer(1),
    "garp_lower_prio_delay": integer(0, unit="s"),
    "garp_lower_prio_repeat": integer(0),
    "lower_prio_no_advert": boolean(None),
    "higher_prio_send_advert": boolean(None),
    "skip_check_adv_addr": boolean(None),
    "v3_checksum_as_v2": boolean(None),
    "smtp_alert": boolean(None),
    "strict_mode": boolean(None),
    "virtual_routes": without_effect(entries(), "is not done here yet: these routes are not added"),
    "virtual_rules": without_effect(entries(), "is not done here yet: these rules are not added"),
    "track_file": without_effect(entries(), "is not done here yet: nothing is tracked"),
    "track_process": without_effect(entries(), "is not done here yet: nothing is tracked"),
    "track_bfd": without_effect(entries(), "is not done here yet: nothing is tracked"),
    "use_vmac": without_effect(words(0), "is not done here yet: the VIPs use the interface's own MAC address"),
    "auth_hmac": without_effect(block("auth_hmac"), "is not done here yet: adverts are not signed"),
    "lvs_sync_daemon_interface": without_effect(
        replace(word(), deprecated="lvs_sync_daemon in global_defs"), "is not done here yet: connections are not synced"
    ),
    "no_accept": without_effect(flag(), "is not done here yet: this host answers on its VIPs"),
    **known(
        "notify_master:c notify_backup:c notify_fault:c notify_stop:c notify_deleted:o notify:c "
        "notify_master_rx_lower_pri:c",
        _NOTIFY,
    ),
    **known(
        """no_virtual_ipaddress@2.2.8 track_src_ip dont_track_primary unicast_ttl:i0..255 unicast_fault_no_peer
        check_unicast_src mcast_dst_ip:a native_ipv6 vmac_xmit_base use_vmac_addr use_ipvlan:o vrf:w garp_extra_if:n
        vmac_garp_intvl:n owner_ignore_adverts:b@2.3.3 down_timer_adverts:i1..100 timer_expired_backup:o@2.2.8
        thread_timer_expired:o@2.2.8 accept old_unicast_checksum:o promote_secondaries linkbeat_use_polling
        kernel_rx_buf_size:i debug:i0..4 notify_priority_changes:b"""
    ),
}

VRRP_SCRIPT: Block = {
    "script": command(),
    "interval": seconds(default=1.0),
    "timeout": seconds(default=0.0),
    "weight": words(1, 2),
    "rise": integer(1, MAX_SIGNED, 1),
    "fall": integer(1, MAX_SIGNED, 1),
    "user": words(1, 2),
    "init_fail": flag(),
}

VRRP_SYNC_GROUP: Block = {
    "group": entries(),
    "track_interface": entries(),
    "track_script": entries(),
    "track_file": entries(),
    "track_process": entries(),
    "track_bfd": entries(),
    "notify_master": command(),
    "notify_backup": command(),
    "notify_fault": command(),
    "notify_stop": command(),
    "notify": command(),
    "notify_priority_changes": boolean(),
    "smtp_alert": boolean(),
    "global_tracking": flag(),
    "sync_group_tracking_weight": flag(),
}

AUTH_HMAC: Block = {
    "key": words(1),
    "active_key": integer(1, 255),
    "anti_replay": choice("time", "monotonic"),
    "time_window": integer(1, 300, unit="s"),
    "mode": choice("enforce", "permissive", "receive-only"),
}
