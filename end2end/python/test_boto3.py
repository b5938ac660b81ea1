"""boto3, a client that we did not write, drives the simulator while the console watches.

It starts a fleet through --simulator-listen and waits with botocore's own waiter; the console's stream shows it.
"""

import json
import os
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from support import PROGRAM, free_port, wait_for

PASSWORD = "correct horse battery"


class Console:
    """A running console; its stream is read in the background."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.url, self.aws = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
        listen = [self.url.removeprefix("http://"), self.aws.removeprefix("http://")]
        arguments = ["serve", "--listen", listen[0], "--simulator-listen", listen[1], "--data-dir", self.folder.name, "--haste", "600"]
        environment = {**os.environ, "APPSTREAM_CONSOLE_ADMIN_PASSWORD": PASSWORD}
        self.process = subprocess.Popen([PROGRAM, *arguments], env=environment, stdout=subprocess.DEVNULL)
        wait_for(f"{self.url}/readyz")
        self.states = []
        self.cookie = self.sign_in()
        threading.Thread(target=self.watch, daemon=True).start()

    def sign_in(self):
        form = urllib.parse.urlencode({"form[user]": "admin", "form[password]": PASSWORD, "form[to]": "/"}).encode()
        request = urllib.request.Request(f"{self.url}/api/sign-in", form, {"Origin": self.url, "Accept": "application/json"})
        with urllib.request.urlopen(request) as answer:
            return answer.headers["Set-Cookie"].split(";")[0]

    def watch(self):
        """Notes each state of training-lab that the stream tells."""
        request = urllib.request.Request(f"{self.url}/api/live", headers={"Cookie": self.cookie})
        with urllib.request.urlopen(request) as stream:
            for line in stream:
                if line.startswith(b"data: "):
                    for fleet in named(json.loads(line[6:]), "training-lab"):
                        if fleet["state"] not in self.states[-1:]:
                            self.states.append(fleet["state"])

    def page(self, path):
        request = urllib.request.Request(self.url + path, headers={"Cookie": self.cookie, "Accept": "text/html"})
        with urllib.request.urlopen(request) as answer:
            return answer.read().decode()

    def client(self, **more):
        return boto3.client(
            "appstream", endpoint_url=self.aws, region_name="us-east-1", aws_access_key_id="111122223333", aws_secret_access_key="any",
            config=Config(retries={"max_attempts": 1}), **more,
        )

    def stop(self):
        self.process.terminate()
        self.process.wait(5)
        self.folder.cleanup()


def named(value, name):
    """Every object with that name and a state, however deep."""
    if isinstance(value, dict):
        if value.get("name") == name and "state" in value:
            yield value
        for inner in value.values():
            yield from named(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from named(inner, name)


class Boto3(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.console = Console()
        cls.appstream = cls.console.client()

    @classmethod
    def tearDownClass(cls):
        cls.console.stop()

    def test_a_fleet_starts_under_botocore_s_waiter_while_the_console_shows_it(self):
        self.assertIn("Stopped", self.console.page("/111122223333/us-east-1/fleets/training-lab"))
        self.appstream.start_fleet(Name="training-lab")
        waiter = self.appstream.get_waiter("fleet_started")
        waiter.wait(Names=["training-lab"], WaiterConfig={"Delay": 1, "MaxAttempts": 60})
        for _ in range(400):
            if self.console.states[-1:] == ["Running"] or self.console.states[-1:] == ["RUNNING"]:
                break
            time.sleep(0.1)
        self.assertEqual([s.upper() for s in self.console.states if s.upper() != "STARTING"], ["STOPPED", "RUNNING"])
        self.assertIn("Running", self.console.page("/111122223333/us-east-1/fleets/training-lab"))

    def test_a_fleet_and_a_session_from_nothing(self):
        vpc = {"SubnetIds": ["subnet-0a1f3c55", "subnet-0b71c4e2"]}
        made = self.appstream.create_fleet(
            Name="from-boto3", InstanceType="stream.standard.small", FleetType="ELASTIC", Platform="AMAZON_LINUX2", MaxConcurrentSessions=2, VpcConfig=vpc,
            Tags={"team": "tests"},
        )["Fleet"]
        self.assertEqual(made["State"], "STOPPED")
        self.assertEqual(self.appstream.list_tags_for_resource(ResourceArn=made["Arn"])["Tags"], {"team": "tests"})
        self.appstream.create_stack(Name="from-boto3")
        self.appstream.associate_fleet(FleetName="from-boto3", StackName="from-boto3")
        self.appstream.start_fleet(Name="from-boto3")
        self.appstream.get_waiter("fleet_started").wait(Names=["from-boto3"], WaiterConfig={"Delay": 1, "MaxAttempts": 60})
        url = self.appstream.create_streaming_url(FleetName="from-boto3", StackName="from-boto3", UserId="ana")["StreamingURL"]
        self.assertTrue(url.startswith("http"))
        self.assertEqual(self.appstream.describe_sessions(FleetName="from-boto3", StackName="from-boto3")["Sessions"], [])

    def test_pool_users_and_applications(self):
        self.appstream.create_user(UserName="ana@example.com", AuthenticationType="USERPOOL", FirstName="Ana", LastName="Conti")
        rows = [{"StackName": stack, "UserName": "ana@example.com", "AuthenticationType": "USERPOOL"} for stack in ("finance", "gone")]
        errors = self.appstream.batch_associate_user_stack(UserStackAssociations=rows)["errors"]
        self.assertEqual([e["ErrorCode"] for e in errors], ["STACK_NOT_FOUND"])
        users = self.appstream.get_paginator("describe_users").paginate(AuthenticationType="USERPOOL")
        self.assertEqual(sum(len(page["Users"]) for page in users), 601)
        platforms = {a["Name"]: a["Platforms"] for a in self.appstream.describe_applications()["Applications"]}
        self.assertEqual(platforms["qgis-ltr"], ["WINDOWS_SERVER_2019"])
        configs = self.appstream.describe_directory_configs()["DirectoryConfigs"]
        self.assertNotIn("AccountPassword", configs[0]["ServiceAccountCredentials"])

    def test_errors_are_boto3_s_own_classes(self):
        with self.assertRaises(self.appstream.exceptions.ResourceNotFoundException) as caught:
            self.appstream.start_fleet(Name="nothing")
        self.assertIn("nothing", str(caught.exception))
        with self.assertRaises(ClientError) as refused:
            self.appstream.describe_sessions(StackName="", FleetName="x")
        self.assertIn(refused.exception.response["Error"]["Code"], ("ValidationException", "SerializationException", "InvalidParameterValueException"))

    def test_accounts_and_regions_are_worlds_of_their_own(self):
        elsewhere = boto3.client(
            "appstream", endpoint_url=self.console.aws, region_name="eu-west-1", aws_access_key_id="999900001111", aws_secret_access_key="any",
        )
        self.assertEqual(elsewhere.describe_fleets()["Fleets"], [])


if __name__ == "__main__":
    unittest.main()
