"""“As code”: the AWS CLI line of a form runs in a shell as it is printed, and does what the form would do."""

import json
import os
import subprocess
import sys
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

from test_boto3 import Console

VPC = {"VpcConfig.SubnetIds": "subnet-0a1f3c55\nsubnet-0b71c4e2", "VpcConfig.SecurityGroupIds": "sg-0f2e9d10"}
IMAGE = "AppStream-WinServer2022-06-17-2026"
# Kind, name, verb, row, fields; each follows from those before it.
FORMS = [
    ("fleets", "", "new", "", {"Name": "as-code", "InstanceType": "stream.standard.medium", "FleetType": "ALWAYS_ON", "ImageName": IMAGE, "Description": "It's “here” & $HOME", "ComputeCapacity.DesiredInstances": "1", "DisableIMDSV1": "true", "EnableDefaultInternetAccess": "false", "Tags": "team=code\ncost=4 2", **VPC}),
    ("fleets", "as-code", "edit", "", {"Name": "as-code", "InstanceType": "stream.standard.medium", "ImageName": IMAGE, "DisplayName": "As code"}),
    ("fleets", "", "new", "", {"Name": "as-code-elastic", "InstanceType": "stream.standard.small", "FleetType": "ELASTIC", "Platform": "WINDOWS_SERVER_2019", "MaxConcurrentSessions": "2", "SessionScriptS3Location": "s3://scripts-bucket/session.zip", "UsbDeviceFilterStrings": "", **VPC}),
    ("stacks", "", "new", "", {"Name": "as-code", "DisplayName": "O'Brien", "RedirectURL": "https://example.com/?a=1&b=2", "UserSettings.0.Action": "FILE_UPLOAD", "UserSettings.0.Permission": "DISABLED", "EmbedHostDomains": "portal.example.com", "ApplicationSettings.Enabled": "true", "ApplicationSettings.SettingsGroup": "group"}),
    ("stacks", "as-code", "fleet", "", {"FleetName": "as-code"}),
    ("stacks", "as-code", "theme", "", {"TitleText": "As code", "ThemeStyling": "BLUE", "OrganizationLogoS3Location": "s3://brand-bucket/logo.png", "FaviconS3Location": "s3://brand-bucket/icon.png"}),
    ("stacks", "as-code", "tag", "", {"Tags": "a=b"}),
    ("entitlements", "", "new", "", {"Name": "staff", "StackName": "as-code", "AppVisibility": "ALL", "Attributes.0.Name": "roles", "Attributes.0.Value": "staff"}),
    ("directory-configs", "", "new", "", {"DirectoryName": "code.example.com", "OrganizationalUnitDistinguishedNames": "OU=A B,DC=code,DC=example,DC=com", "ServiceAccountCredentials.AccountName": "code\\svc", "ServiceAccountCredentials.AccountPassword": "canary-4711"}),
    ("users", "", "new", "", {"UserName": "code@example.com", "FirstName": "Ana", "MessageAction": "SUPPRESS"}),
    ("app-blocks", "", "new", "", {"Name": "as-code", "SourceS3Location": "s3://apps-bucket/app.vhdx", "SetupScriptDetails.ScriptS3Location": "s3://apps-bucket/mount.ps1", "SetupScriptDetails.ExecutablePath": "C:\\Windows\\powershell.exe", "SetupScriptDetails.ExecutableParameters": "-File 'mount.ps1'", "SetupScriptDetails.TimeoutInSeconds": "60"}),
    ("image-builders", "", "new", "", {"Name": "as-code", "InstanceType": "stream.standard.medium", "ImageName": IMAGE}),
    ("images", "claims-win22-2026-03-01", "update", "", {"newImageName": "claims-next", "dryRun": "true"}),
    ("images", "claims-win22-2026-03-01", "share", "", {"SharedAccountId": "444455556666", "ImagePermissions.allowFleet": "true", "ImagePermissions.allowImageBuilder": "false"}),
    ("stacks", "as-code", "no-fleet", "as-code", {}),
    ("stacks", "as-code", "delete", "", {}),
    ("fleets", "as-code", "delete", "", {}),
]


class AsCode(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.console = Console()
        cls.addClassCleanup(cls.console.stop)

    def code(self, kind, name, verb, row, fields):
        query = f"?row={urllib.parse.quote(row)}" if row else ""
        form = {"kind": kind, "name": name, "verb": verb, "query": query, **{f"fields[{k}]": v for k, v in fields.items()}}
        headers = {"Origin": self.console.url, "Accept": "application/json", "Cookie": self.console.cookie}
        request = urllib.request.Request(f"{self.console.url}/api/resource/code", urllib.parse.urlencode(form).encode(), headers)
        for patience in range(40):
            try:
                with urllib.request.urlopen(request) as answer:
                    return {one["language"]: one["text"] for one in json.load(answer)}
            except urllib.error.HTTPError as refused:
                # What another client made is known to the console a few seconds later.
                if patience == 39:
                    raise AssertionError(refused.read().decode()) from refused
                time.sleep(0.25)

    def test_the_command_runs_as_printed(self):
        environment = {
            **os.environ, "AWS_ACCESS_KEY_ID": "111122223333", "AWS_SECRET_ACCESS_KEY": "any", "AWS_CONFIG_FILE": os.devnull, "AWS_MAX_ATTEMPTS": "1",
            "PATH": os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"], "PASSWORD": "canary-4711", "AWS_ENDPOINT_URL": self.console.aws, "AWS_PAGER": "",
        }
        for kind, name, verb, row, fields in FORMS:
            with self.subTest(kind=kind, verb=verb):
                code = self.code(kind, name, verb, row, fields)
                for text in code.values():
                    self.assertNotIn("canary-4711", text)
                done = subprocess.run(["bash", "-c", code["AWS CLI"]], env=environment, capture_output=True, text=True, check=False)
                self.assertEqual(done.returncode, 0, f"{code['AWS CLI']}\n{done.stderr}")
        made = self.console.client().describe_directory_configs(DirectoryNames=["code.example.com"])["DirectoryConfigs"][0]
        self.assertEqual(made["OrganizationalUnitDistinguishedNames"], ["OU=A B,DC=code,DC=example,DC=com"])

    def test_the_boto3_call_is_python(self):
        # Those that need nothing which another form made.
        for form in [f for f in FORMS if f[2] == "new"]:
            compile(self.code(*form)["boto3"], "shown", "exec")


if __name__ == "__main__":
    unittest.main()
