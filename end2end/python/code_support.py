"""What the tests of “As code” share: a console to ask for code, and the AWS CLI run from what is printed."""

import contextlib
import io
import json
import os
import pathlib
import re
import shlex
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from unittest import mock

# Before the AWS CLI, which puts an older botocore of its own in place of the installed one.
import boto3
from awscli.clidriver import create_clidriver

from support import ACCOUNT, REGION
from test_boto3 import Console

PASSWORD = "canary-4711"
# Fields of the forms: what most of them need.
VPC = {"VpcConfig.SubnetIds": "subnet-0a1f3c55\nsubnet-0b71c4e2", "VpcConfig.SecurityGroupIds": "sg-0f2e9d10"}
IMAGE = "AppStream-WinServer2022-06-17-2026"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/AppStreamImages"
SCRIPT = {
    "SetupScriptDetails.ScriptS3Location": "s3://apps-bucket/mount.ps1", "SetupScriptDetails.ExecutablePath": "C:\\Windows\\powershell.exe",
    "SetupScriptDetails.ExecutableParameters": "-File 'mount.ps1'", "SetupScriptDetails.TimeoutInSeconds": "60",
}


class Coder(Console):
    """A console that is asked for code."""

    def get(self, path, **query):
        request = urllib.request.Request(
            f"{self.url}/api/resource/{path}?{urllib.parse.urlencode(query)}", headers={"Accept": "application/json", "Cookie": self.cookie},
        )
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def patiently(self, ask):
        """What another client made is known to the console a few seconds later."""
        for patience in range(60):
            try:
                return ask()
            except urllib.error.HTTPError as refused:
                if patience == 59:
                    raise AssertionError(refused.read().decode()) from refused
                time.sleep(0.25)

    def rows(self, kind):
        return self.get("list", kind=kind, query="", start=0, len=2000)["rows"]

    def item(self, kind, name):
        """The code of a thing's page, by language."""
        item = self.patiently(lambda: self.get("item", account=ACCOUNT, region=REGION, kind=kind, name=name))
        return {one["language"]: one["text"] for one in item["code"]}

    def paths(self, kind, name, verb, fields):
        """Paths as forms have them: `UserSettings[FILE_UPLOAD].Permission` names a row by its key."""
        if not any("[" in path for path in fields):
            return fields
        keys = {}
        for field in self.form(kind, name, verb):
            if isinstance(field["entry"], dict) and isinstance(key := next(iter(field["entry"].values())), str):
                keys[field["path"].split(".")[0], key] = field["path"].rsplit(".", 1)[0]
        return {re.sub(r"^(\w+)\[(\w+)\]", lambda m: keys[m[1], m[2]], path): value for path, value in fields.items()}

    def form(self, kind, name, verb):
        form = self.patiently(lambda: self.get("form", kind=kind, name=name, verb=verb, query=""))
        return [field for group in form["groups"] for field in group["fields"]]

    def code(self, kind, name, verb, row="", fields=None):
        """The code of a form, by language. `fields` are what is entered."""
        query = f"?row={urllib.parse.quote(row)}" if row else ""
        fields = self.paths(kind, name, verb, fields or {})
        form = {"kind": kind, "name": name, "verb": verb, "query": query, **{f"fields[{k}]": v for k, v in fields.items()}}
        headers = {"Origin": self.url, "Accept": "application/json", "Cookie": self.cookie}
        request = urllib.request.Request(f"{self.url}/api/resource/code", urllib.parse.urlencode(form).encode(), headers)

        def ask():
            with urllib.request.urlopen(request) as answer:
                return {one["language"]: one["text"] for one in json.load(answer)}

        return self.patiently(ask)

    def request(self, calls):
        """The code of these calls, by language."""
        body = json.dumps({"calls": [{"operation": operation, "input": json.dumps(request)} for operation, request in calls]}).encode()
        headers = {"Origin": self.url, "Accept": "application/json", "Content-Type": "application/json", "Cookie": self.cookie}
        with urllib.request.urlopen(urllib.request.Request(f"{self.url}/api/resource/request", body, headers)) as answer:
            return {one["language"]: one["text"] for one in json.load(answer)}

    def changed(self, kind, name, verb, fields):
        """The code of a form that begins with the thing's values."""
        stands = {field["path"]: field["value"] for field in self.form(kind, name, verb)}
        return self.code(kind, name, verb, fields={**stands, **fields})


def words(command):
    """What the AWS CLI gets: a shell reads the command as it is printed."""
    read = subprocess.run(["bash", "-c", 'aws() { printf "%s\\0" "$@"; }\n' + command], env={"PASSWORD": PASSWORD}, capture_output=True, check=False)
    assert read.returncode == 0 and not read.stderr, f"{command}\n{read.stderr.decode()}"
    return read.stdout.decode().split("\0")[:-1]


class Cli:
    """The AWS CLI in this process: starting it for each command takes a second. Its own model lacks UpdateImageBuilder, so it gets botocore's."""

    def __init__(self, endpoint):
        self.folder = tempfile.TemporaryDirectory()
        here = pathlib.Path(self.folder.name)
        (here / "models").mkdir()
        (here / "models/appstream").symlink_to(pathlib.Path(boto3.__file__).parents[1] / "botocore/data/appstream")
        (here / "config").write_text("[default]\ncli_pager =\n", encoding="utf-8")
        self.environment = {
            "AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "any", "AWS_ENDPOINT_URL": endpoint, "AWS_MAX_ATTEMPTS": "1",
            "AWS_CONFIG_FILE": str(here / "config"), "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_DATA_PATH": f"{here / 'models'}{os.pathsep}{os.environ['AWS_DATA_PATH']}", "AWS_PAGER": "",
        }
        with mock.patch.dict(os.environ, self.environment):
            self.driver = create_clidriver()

    def run(self, command):
        """Runs a command as printed. Exit status, what it said, what it complained."""
        out, err = io.StringIO(), io.StringIO()
        with mock.patch.dict(os.environ, self.environment), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                status = self.driver.main(words(command))
            except SystemExit as left:
                status = left.code
        return status, out.getvalue(), err.getvalue()

    def stop(self):
        self.folder.cleanup()


def executable(command, endpoint):
    """Runs a command with the `aws` that an operator has."""
    environment = {
        **os.environ, "AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "any", "AWS_CONFIG_FILE": os.devnull, "AWS_PAGER": "",
        "AWS_MAX_ATTEMPTS": "1", "AWS_ENDPOINT_URL": endpoint, "PASSWORD": PASSWORD,
        "PATH": os.path.dirname(shlex.quote(os.sys.executable)) + os.pathsep + os.environ["PATH"],
    }
    return subprocess.run(["bash", "-c", command], env=environment, capture_output=True, text=True, check=False)
