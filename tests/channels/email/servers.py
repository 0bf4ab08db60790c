"""A real postfix and a real dovecot of the tests' own: in a folder of theirs, on free ports, and as an ordinary user.

No daemon of the system is started, and nothing leaves the machine: everything but our domains is refused. Postfix's `master` is
started itself, with no service that changes its user; it insists on being root, which fakeroot lets it believe. Under root both
run as nobody.
"""

import base64
import contextlib
import grp
import itertools
import os
import pwd
import re
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
from collections.abc import Generator
from pathlib import Path

from tests.channels.email.provider import ISSUER, KEY
from tests.platform.embedded.waiting import wait_for
from tests.ports import free_port

PASSWORD = "s3cret-mail"
DOMAIN, ELSEWHERE = "shop.example", "khach.example"
_numbers = itertools.count(1)
_MASTER = Path("/usr/lib/postfix/sbin/master")

_MAIN_CF = """
compatibility_level = 3.6
queue_directory = {home}/spool
data_directory = {home}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = {user}
setgid_group = {other_group}
default_privs = {other}
maillog_file = {home}/mail.log
maillog_file_prefixes = {home}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.{domain}
mydestination =
local_recipient_maps =
relay_domains =
virtual_mailbox_domains = {domain}, {elsewhere}
virtual_mailbox_maps = static:known
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
default_transport = error:nothing leaves this machine
mynetworks = 127.0.0.0/8
smtpd_recipient_restrictions =
  check_recipient_access inline:{{{{no-such@{elsewhere} = 550 5.1.1 There is no such person}}}}, permit
recipient_delimiter = +
smtputf8_enable = no
alias_maps =
alias_database =
minimal_backoff_time = 2s
maximal_backoff_time = 2s
queue_run_delay = 2s
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth}
smtpd_sasl_security_options = noanonymous
message_size_limit = 100000000
virtual_mailbox_limit = 0
"""
_MASTER_CF = """
{smtp} inet n n n - - smtpd
{mx} inet n n n - - smtpd -o smtpd_sasl_auth_enable=no
cleanup unix n n n - 0 cleanup
qmgr unix n n n 2 1 qmgr
rewrite unix - n n - - trivial-rewrite
bounce unix - n n - 0 bounce
defer unix - n n - 0 bounce
trace unix - n n - 0 bounce
error unix - n n - - error
retry unix - n n - - error
lmtp unix - n n - - lmtp
smtp unix - n n - - smtp
anvil unix - n n - 1 anvil
proxymap unix - n n - - proxymap
scache unix - n n - 1 scache
postlog unix-dgram n n n - 1 postlogd
"""
_QUEUES = "active bounce corrupt defer deferred flush hold incoming maildrop private public saved trace"
_DOVECOT = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
auth_failure_delay = 0
auth_cache_size = 0
auth_mechanisms = plain login xoauth2
mail_location = maildir:{home}/mail/%u
recipient_delimiter = +
auth_username_format = %Lu
lda_mailbox_autocreate = yes
postmaster_address = postmaster@{domain}
sendmail_path = {home}/sendmail
submission_host = 127.0.0.1:{smtp}
imap_idle_notify_interval = 2 mins
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {home}/oauth2.conf
}}
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = scheme=PLAIN username_format=%Lu {home}/users/%Lu
}}
userdb {{
  driver = passwd-file
  args = username_format=%Lu {home}/users/%Lu
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service auth {{
  inet_listener {{
    port = {auth}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
protocol lmtp {{
  mail_plugins = sieve
}}
plugin {{
  sieve = file:{home}/sieve/%u/active.sieve
  sieve_extensions = +vacation-seconds
  sieve_vacation_min_period = 0
  sieve_vacation_send_from_recipient = yes
}}
"""

_OAUTH2 = """
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={home}/keys/
issuers = {issuer}
username_attribute = email
"""


class MailServers:
    """Both. Whoever is to have a mailbox is made by `person`: ours at shop.example, customers at khach.example."""

    def __init__(self, home: Path, user: str) -> None:
        self.home = home
        self._user = pwd.getpwnam(user)
        self.imap, self.smtp, self._mx, self._lmtp, self._auth = (free_port() for _ in range(5))
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def write(self) -> None:
        for name in ("spool", "spool/pid", "data", "run", "state", "mail", "sieve", "etc"):
            (self.home / name).mkdir(exist_ok=True)
        for name in _QUEUES.split():
            (self.home / "spool" / name).mkdir(exist_ok=True)
        other = pwd.getpwnam("daemon")
        group = _group_of(self._user.pw_gid)
        values = {
            "home": self.home, "user": self._user.pw_name, "group": group, "other": other.pw_name,
            "other_group": "mail" if group != "mail" else "daemon", "domain": DOMAIN, "elsewhere": ELSEWHERE,
            "imap": self.imap, "smtp": self.smtp, "mx": self._mx, "lmtp": self._lmtp, "auth": self._auth,
        }  # fmt: skip
        (self.home / "etc/main.cf").write_text(_MAIN_CF.format(**values))
        (self.home / "etc/master.cf").write_text(_MASTER_CF.format(**values))
        (self.home / "dovecot.conf").write_text(_DOVECOT.format(**values))
        (self.home / "oauth2.conf").write_text(_OAUTH2.format(home=self.home, issuer=ISSUER))
        key = self.home / "keys/default/HS256/default"
        key.parent.mkdir(parents=True)
        key.write_bytes(base64.b64encode(KEY))
        (self.home / "users").mkdir()

    def person(self, name: str, domain: str = DOMAIN) -> str:
        """A new address with a mailbox, `name` and a number."""
        address = f"{name}{next(_numbers)}@{domain}"
        user = self._user
        # A file for each: dovecot looks into one once a second, and would not know whom it was given since.
        told = f"{address}:{PASSWORD}:{user.pw_uid}:{user.pw_gid}::{self.home}/mail/{address}::\n"
        (self.home / "users" / address.lower()).write_text(told)
        return address

    def away(self, address: str) -> None:
        """From now on a machine answers there."""
        folder = self.home / "sieve" / address
        folder.mkdir()
        (folder / "active.sieve").write_text(
            f'require "vacation-seconds"; vacation :seconds 0 :addresses "{address}" "I am away.";'
        )
        self.own(folder)

    def maildir(self, address: str) -> Path:
        return self.home / "mail" / address

    def letters(self, address: str) -> list[bytes]:
        """What has been delivered there, oldest first."""
        files = [one for part in ("new", "cur") for one in (self.maildir(address) / part).glob("*")]
        return [one.read_bytes() for one in sorted(files, key=_delivered_at)]

    def hand_in(self, sender: str, receiver: str, raw: bytes) -> None:
        """As another mail server does: where nobody signs in, so that it is taken while dovecot is dead, too."""
        with smtplib.SMTP("127.0.0.1", self._mx, timeout=20) as line:
            line.sendmail(sender, [receiver], raw)

    def own(self, folder: Path) -> None:
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", self._user.pw_name, folder], check=True)

    def start(self) -> None:
        self.own(self.home)
        self.start_dovecot()
        self.start_postfix()

    def start_dovecot(self) -> None:
        self._run("dovecot", ["/usr/sbin/dovecot", "-F", "-c", str(self.home / "dovecot.conf")])
        for port in (self.imap, self._lmtp, self._auth):
            _await_port(port)
        if (
            "postfix" in self._processes
        ):  # it would find its line to the sign-in broken only when somebody signs in
            self.stop("postfix")
            self.start_postfix()

    def start_postfix(self) -> None:
        self._run("postfix", ["fakeroot", "-u", str(_MASTER), "-c", str(self.home / "etc"), "-d"])
        for port in (self.smtp, self._mx):
            _await_port(port)

    def revive(self) -> None:
        """Start what a test that failed has left dead."""
        if "dovecot" not in self._processes:
            self.start_dovecot()
        if "postfix" not in self._processes:
            self.start_postfix()

    def _run(self, name: str, command: list[str]) -> None:
        """With its output in a file: who holds a pipe of ours open would keep the tests waiting for ever."""
        root = os.geteuid() == 0
        with (self.home / f"{name}.out").open("ab") as output:
            self._processes[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.home,
                start_new_session=True,
                user=self._user.pw_uid if root else None,
                group=self._user.pw_gid if root else None,
                extra_groups=[] if root else None,
            )

    def stop(self, name: str, how: int = signal.SIGTERM) -> None:
        process = self._processes.pop(name)
        # fakeroot takes its helper down when what it runs has ended, and not when it is ended itself.
        master = self.home / "spool/pid/master.pid"
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):
            if name == "postfix":
                os.kill(int(master.read_text()), how)
            else:
                os.killpg(process.pid, how)
        process.wait(20)

    def stop_all(self) -> None:
        for name in list(self._processes):
            self.stop(name)


def _delivered_at(file: Path) -> list[int]:
    """Seconds, and the microseconds that dovecot names without leading noughts (`1796066324.M9P1.host`)."""
    return [int(one) for one in re.findall(r"\d+", file.name)[:2]]


def _group_of(gid: int) -> str:
    return grp.getgrgid(gid).gr_name


def _await_port(port: int) -> None:
    def listens() -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        return False

    wait_for(listens, f"somebody who listens on port {port}")


@contextlib.contextmanager
def mail_servers() -> Generator[MailServers]:
    home = Path(tempfile.mkdtemp(prefix="td-mail-", dir="/tmp"))
    home.chmod(0o755)
    user = "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    servers = MailServers(home, user)
    servers.write()
    try:
        servers.start()
        yield servers
    finally:
        servers.stop_all()
        shutil.rmtree(home, ignore_errors=True)
