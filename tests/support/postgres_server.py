"""A PostgreSQL server of a test's own, on a socket in a folder of its own; stopped at the end."""
import ctypes
import glob
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time


def _with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)  # ends with the test, however that ends


class PostgresServer:
    def __init__(self):
        self.binaries = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
        self.folder = tempfile.mkdtemp(prefix="stk-pg-")
        self.user = {}
        if os.getuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            self.user = {"user": "postgres", "group": owner.pw_gid}
        subprocess.run([self.binaries + "/initdb", "-D", self.folder + "/data", "-U", "postgres", "--auth=trust",
                        "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"], check=True, capture_output=True,
                       cwd=self.folder, **self.user)
        self.process = subprocess.Popen([self.binaries + "/postgres", "-D", self.folder + "/data", "-k", self.folder,
                                         "-c", "listen_addresses=", "-c", "fsync=off"], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, cwd=self.folder, preexec_fn=_with_parent, **self.user)
        for _ in range(500):
            if subprocess.run([self.binaries + "/pg_isready", "-q", "-h", self.folder]).returncode == 0:
                break
            time.sleep(0.02)
        self.run("CREATE ROLE stocktracker_app NOLOGIN; CREATE ROLE shop LOGIN IN ROLE stocktracker_app")

    def run(self, sql, database="postgres", user="postgres"):
        done = subprocess.run([self.binaries + "/psql", "-h", self.folder, "-U", user, "-d", database, "-qAt",
                               "-v", "ON_ERROR_STOP=1", "-c", sql], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def url(self, database, user):
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def stop(self):
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)
