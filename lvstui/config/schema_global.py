"""config: the outer level and `global_defs`."""

from __future__ import annotations

from lvstui.config.schema import (
    MAX_SECONDS,
    Block,
    block,
    boolean,
    entries,
    flag,
    integer,
    known,
    quiet,
    seconds,
    without_effect,
    word,
    words,
)

ROOT: Block = {
    "global_defs": block("global_defs"),
    "vrrp_instance": block("vrrp_instance", 0, 1),
    "vrrp_script": block("vrrp_script", 1, 1),
    "virtual_server": block("virtual_server", 1, 2),
    "vrrp_sync_group": without_effect(
        block("vrrp_sync_group", 1, 1), "is not done here yet: its instances change state one by one"
    ),
    "virtual_server_group": without_effect(
        entries(1, 1), "is not done here yet: virtual servers of this group do not run"
    ),
    "SSL": without_effect(block("SSL")),
    "static_ipaddress": without_effect(entries(), "is not done here yet: these addresses are not added"),
    "static_routes": without_effect(entries(), "is not done here yet: these routes are not added"),
    "static_rules": without_effect(entries(), "is not done here yet: these rules are not added"),
    "track_group": without_effect(block("track_group", 1, 1)),
    "garp_group": without_effect(block("garp_group")),
    "linkbeat_interfaces": without_effect(entries()),
    "interface_up_down_delays": without_effect(entries()),
    "vrrp_track_process": without_effect(block("vrrp_track_process", 1, 1), "is not done here yet: nothing is tracked"),
    "track_file": without_effect(block("track_file", 1, 1), "is not done here yet: nothing is tracked"),
    "vrrp_track_file": without_effect(block("track_file", 1, 1), "is not done here yet: nothing is tracked"),
    "bfd_instance": without_effect(block("bfd_instance", 1, 1), "is not done here yet: no BFD session is run"),
    **known("linkbeat_use_polling net_namespace_ipvs:o namespace_with_ipsets instance:w use_pid_dir child_wait_time:i"),
    "net_namespace": without_effect(
        word(), "is not done here yet: lvstui runs in the network namespace that it is started in"
    ),
}

_PROCESS = "{0}_priority:i-20..19 {0}_rt_priority:i1..99 {0}_no_swap {0}_cpu_affinity:n {0}_rlimit_rttime:i1 \
{0}_rlimit_rtime:i1 {0}_process_name:w"
_BUFFERS = "{0}_rcv_bufs:i {0}_rcv_bufs_force:b"

GLOBAL_DEFS: Block = {
    "router_id": word(),
    "notification_email": entries(),
    "notification_email_from": word(),
    "smtp_server": words(1, 2),
    "smtp_helo_name": word(),
    "smtp_connect_timeout": integer(0, MAX_SECONDS, 30, unit="s"),
    "smtp_alert": boolean(None),
    "smtp_alert_vrrp": boolean(None),
    "smtp_alert_checker": boolean(None),
    "enable_script_security": flag(),
    "script_user": words(1, 2),
    "vrrp_version": integer(2, 3, 2),
    "vrrp_garp_master_delay": integer(0, default=5, unit="s"),
    "vrrp_garp_master_repeat": integer(1, default=5),
    "vrrp_garp_master_refresh": integer(0, default=0, unit="s"),
    "vrrp_garp_master_refresh_repeat": integer(1, default=1),
    "vrrp_garp_lower_prio_delay": integer(0, unit="s"),
    "vrrp_garp_lower_prio_repeat": integer(0),
    "vrrp_min_garp": boolean(),
    "vrrp_skip_check_adv_addr": boolean(),
    "vrrp_lower_prio_no_advert": boolean(None),
    "vrrp_higher_prio_send_advert": boolean(),
    "v3_checksum_as_v2": boolean(),
    "vrrp_strict": boolean(),
    "vrrp_garp_interval": without_effect(seconds()),
    "vrrp_gna_interval": without_effect(seconds()),
    "vrrp_mcast_group4": without_effect(word(), "has no effect here yet: adverts go to 224.0.0.18"),
    "json_version": without_effect(integer(1, 2)),
    "vrrp_rx_bufs_policy": without_effect(words(1)),
    "vrrp_iptables": without_effect(words(0, 2)),
    "vrrp_ipsets": without_effect(words(0)),
    **known(
        """no_email_faults no_checker_emails:b checker_log_all_failures:b vrrp_garp_extra_if:n vrrp_vmac_garp_intvl:n
        vrrp_mcast_group6:w vrrp_check_unicast_src vrrp_owner_ignore_adverts:b@2.3.3 vrrp_down_timer_adverts:i1..100
        vrrp_startup_delay:s0 vrrp_delay_after_boot:s0@2.4.0 vrrp_notify_fifo:n vrrp_notify_fifo_script:c
        notify_fifo:n notify_fifo_script:c lvs_notify_fifo:n lvs_notify_fifo_script:c vrrp_notify_priority_changes:b
        fifo_write_vrrp_states_on_reload startup_script:c startup_script_timeout:i1..1000 shutdown_script:c
        shutdown_script_timeout:i1..1000 lvs_sync_daemon:n lvs_timeouts:n lvs_flush lvs_flush_on_stop:o
        lvs_flush_onstop:o rs_init_notifies:b nftables:o nftables_priority:i-2147483648..2147483647 nftables_counters
        nftables_ifindex nftables_ipvs:o nftables_ipvs_priority:i-2147483648..2147483647
        nftables_ipvs_start_fwmark:i1 disable_local_igmp dynamic_interfaces:o default_interface:w vmac_prefix:w
        vmac_addr_prefix:w max_auto_priority:o min_auto_priority_delay:i1..10000000 process_names process_name:w
        lvs_process_name:w use_symlink_paths:b@2.3.0 set_supplementary_groups:b@2.5 snmp_socket:w enable_snmp_vrrp
        enable_snmp_checker enable_snmp_keepalived enable_snmp_rfc enable_snmp_rfcv2 enable_snmp_rfcv3 enable_traps
        snmp_vs_stats_update_interval:s0.001..30@2.3.0 snmp_rs_stats_update_interval:s0.001..30@2.3.0 enable_dbus
        dbus_service_name:w dbus_no_interface_name:w@2.3.0 vrrp_rx_bufs_multiplier:i1 log_unknown_vrids umask:n
        random_seed:i reload_check_config:o reload_time_file:w reload_repeat reload_file:o include_check:o
        config_save_dir:w tmp_config_directory:w data_use_instance:b state_dump_file:w@2.3.3 stats_dump_file:w@2.3.3
        json_dump_file:w@2.3.3 iproute_usr_dir:w@2.3.2 iproute_etc_dir:w@2.3.2"""
    ),
    **known(" ".join(_PROCESS.format(process) for process in ("vrrp", "checker", "bfd"))),
    **known(
        " ".join(
            _BUFFERS.format(socket)
            for socket in (
                "vrrp_netlink_cmd",
                "vrrp_netlink_monitor",
                "lvs_netlink_cmd",
                "lvs_netlink_monitor",
                "process_monitor",
            )
        )
    ),
}

SSL: Block = quiet(known("password:w ca:w certificate:w key:w"))
TRACK_GROUP: Block = {"group": entries()}
GARP_GROUP: Block = {**quiet(known("garp_interval:s gna_interval:s interface:w")), "interfaces": entries()}
TRACK_PROCESS: Block = quiet(
    known(
        """process:c param_match:w weight:n quorum:i1..65535 quorum_max:i0..65535 delay:s..3600 fork_delay:s..3600
        terminate_delay:s..3600 full_command"""
    )
)
TRACK_FILE: Block = quiet(known("file:w weight:n init_file:o"))
BFD_INSTANCE: Block = quiet(
    known(
        """neighbor_ip:a neighbour_ip:a source_ip:a min_rx:n min_tx:n idle_tx:n multiplier:i1..255 passive ttl:i1..255
        hoplimit:i1..255 max_hops:i-1..255 multihop@2.2.8 weight:n vrrp checker"""
    )
)
