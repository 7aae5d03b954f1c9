#!/bin/sh
# First process of user-mode Linux: makes the kernel's file systems and modules usable, runs $SHARE/script as
# a program, leaves its output in $SHARE/output and its exit status in $SHARE/status, and halts.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root LANG=C.UTF-8 TERM=dumb PYTHONDONTWRITEBYTECODE=1
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/lock /run/netns /run/tmp /run/dev
export TMPDIR=/run/tmp
# The host's /dev belongs to the host: an own one, so that terminals, shared memory and logs stay in here.
mount -t tmpfs -o mode=755 tmpfs /dev
mknod -m 666 /dev/null c 1 3
mknod -m 666 /dev/zero c 1 5
mknod -m 666 /dev/random c 1 8
mknod -m 666 /dev/urandom c 1 9
mknod -m 666 /dev/tty c 5 0
mknod -m 622 /dev/console c 1 3
mkdir -p /dev/pts /dev/shm
mount -t devpts -o mode=620,ptmxmode=666 devpts /dev/pts
ln -s pts/ptmx /dev/ptmx
ln -s /proc/self/fd /dev/fd
ln -s /proc/self/fd/0 /dev/stdin
ln -s /proc/self/fd/1 /dev/stdout
ln -s /proc/self/fd/2 /dev/stderr
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mount -t tmpfs tmpfs /lib/modules
ln -s "/usr/lib/uml/modules/$(uname -r)" "/lib/modules/$(uname -r)"
hostname "${UML_HOSTNAME:-uml}"
ip link set lo up
for module in ip_vs ip_vs_rr ip_vs_wrr ip_vs_lc ip_vs_wlc ip_vs_sh veth bridge dummy ipip; do
    modprobe "$module" || echo "init: no module $module"
done
[ -f "$SHARE/environment" ] && . "$SHARE/environment"
cd "${WORKING_DIRECTORY:-/}" || cd /
"$SHARE/script" >"$SHARE/output" 2>&1 </dev/null
status=$?
[ -n "$UML_DMESG" ] && dmesg >"$SHARE/dmesg"
sync
echo "$status" >"$SHARE/status.new" && mv "$SHARE/status.new" "$SHARE/status"
halt -f -p
