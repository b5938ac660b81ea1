"""“As code”: the AWS CLI line of each form runs as it is printed and does what the form would do; the line of each page reads it.

The templates are checked in test_templates.py.
"""

import json
import re
import time
import unittest
from unittest import mock

import boto3

from code_support import IMAGE, PASSWORD, ROLE, SCRIPT, VPC, Cli, Coder, executable
from support import ACCOUNT, REGION, ROOT

STREAM = "stream.standard.medium"
CLAIMS = "claims-win22-2026-03-01"
OFFICE = "Microsoft_Office_2021_LTSC_Standard_64Bit"


def arn(what):
    return f"arn:aws:appstream:{REGION}:{ACCOUNT}:{what}"


# Kind, name, verb, row, fields; each follows from those before it. Edits begin with what stands in the form.
FORMS = [
    ("fleets", "", "new", "", {"Name": "as-code", "InstanceType": STREAM, "FleetType": "ALWAYS_ON", "ImageName": IMAGE, "Description": "It's “here” & $HOME", "ComputeCapacity.DesiredInstances": "1", "DisableIMDSV1": "true", "EnableDefaultInternetAccess": "false", "Tags": "team=code\ncost=4 2", **VPC}),
    ("fleets", "as-code", "edit", "", {"DisplayName": "As code", "Description": "-x"}),
    ("fleets", "as-code", "tag", "", {"Tags": "a=b\nc d=e"}),
    ("fleets", "as-code", "untag", "c d", {}),
    ("fleets", "", "new", "", {"Name": "as-code-elastic", "InstanceType": "stream.standard.small", "FleetType": "ELASTIC", "Platform": "WINDOWS_SERVER_2019", "MaxConcurrentSessions": "2", "SessionScriptS3Location": "s3://scripts-bucket/session.zip", "UsbDeviceFilterStrings": "", **VPC}),
    ("app-blocks", "", "new", "", {"Name": "as-code", "PackagingType": "CUSTOM", "SourceS3Location": "s3://apps-bucket/app.vhdx", **SCRIPT}),
    ("app-blocks", "as-code", "new-version", "", {"Name": "as-code-2"}),
    ("app-blocks", "", "new", "", {"Name": "as-code-recorded", "PackagingType": "APPSTREAM2", "SourceS3Location": "s3://apps-bucket"}),
    ("applications", "", "new", "", {"Name": "as-code", "IconS3Location": "s3://apps-bucket/icon.png", "LaunchPath": "C:\\Program Files\\app.exe", "LaunchParameters": "--open \"a b\"", "Platforms": "WINDOWS_SERVER_2019", "InstanceFamilies": "GENERAL_PURPOSE", "AppBlockArn": arn("app-block/as-code")}),
    ("applications", "as-code", "edit", "", {"DisplayName": "As code", "LaunchParameters": ""}),
    ("applications", "as-code", "fleet", "", {"FleetName": "as-code-elastic"}),
    ("applications", "as-code", "no-fleet", "as-code-elastic", {}),
    ("fleets", "as-code-elastic", "application", "", {"ApplicationArn": arn("application/as-code")}),
    ("fleets", "as-code-elastic", "no-application", arn("application/as-code"), {}),
    ("app-block-builders", "", "new", "", {"Name": "as-code", "Platform": "WINDOWS_SERVER_2019", "InstanceType": STREAM, **VPC}),
    ("app-block-builders", "as-code", "edit", "", {"DisplayName": "As code"}),
    ("app-blocks", "as-code-recorded", "builder", "", {"AppBlockBuilderName": "as-code"}),
    ("app-block-builders", "as-code", "start", "", {}),
    ("app-block-builders", "as-code", "url", "", {"Validity": "300"}),
    ("app-block-builders", "as-code", "stop", "", {}),
    ("app-blocks", "as-code-recorded", "no-builder", "as-code", {}),
    ("app-block-builders", "as-code", "delete", "", {}),
    ("stacks", "", "new", "", {"Name": "as-code", "DisplayName": "O'Brien", "RedirectURL": "https://example.com/?a=1&b=2", "UserSettings[FILE_UPLOAD].Permission": "DISABLED", "EmbedHostDomains": "portal.example.com", "ApplicationSettings.Enabled": "true", "ApplicationSettings.SettingsGroup": "group"}),
    ("stacks", "as-code", "edit", "", {"Description": "file:///etc/hostname", "FeedbackURL": "https://example.com/feedback", "RedirectURL": ""}),
    ("stacks", "as-code", "fleet", "", {"FleetName": "as-code"}),
    ("stacks", "finance", "url", "", {"FleetName": "finance-desktop", "UserId": "ana@example.com"}),
    ("stacks", "as-code", "theme", "", {"TitleText": "As code", "ThemeStyling": "BLUE", "OrganizationLogoS3Location": "s3://brand-bucket/logo.png", "FaviconS3Location": "s3://brand-bucket/icon.png", "FooterLinks.0.DisplayName": "Help", "FooterLinks.0.FooterLinkURL": "https://example.com/help"}),
    ("stacks", "as-code", "edit-theme", "", {"ThemeStyling": "RED"}),
    ("stacks", "as-code", "no-theme", "", {}),
    ("stacks", "as-code", "tag", "", {"Tags": "a=b"}),
    ("users", "", "new", "", {"UserName": "code@example.com", "FirstName": "Ana", "LastName": "Silva", "MessageAction": "SUPPRESS"}),
    ("users", "code@example.com", "stack", "", {"UserStackAssociations.0.StackName": "as-code"}),
    ("stacks", "as-code", "no-user", "code@example.com", {}),
    ("stacks", "as-code", "user", "", {"UserStackAssociations.0.UserName": "code@example.com", "UserStackAssociations.0.SendEmailNotification": "true"}),
    ("users", "code@example.com", "no-stack", "as-code", {}),
    ("users", "code@example.com", "disable", "", {}),
    ("users", "code@example.com", "enable", "", {}),
    ("users", "code@example.com", "resend", "", {}),
    ("users", "code@example.com", "delete", "", {}),
    ("entitlements", "", "new", "", {"Name": "staff", "StackName": "as-code", "AppVisibility": "ASSOCIATED", "Attributes.0.Name": "roles", "Attributes.0.Value": "staff"}),
    ("entitlements", "as-code:staff", "edit", "", {"Description": "All: staff # yes"}),
    ("entitlements", "as-code:staff", "application", "", {"ApplicationIdentifier": "Editor"}),
    ("entitlements", "as-code:staff", "no-application", "Editor", {}),
    ("entitlements", "as-code:staff", "delete", "", {}),
    ("directory-configs", "", "new", "", {"DirectoryName": "code.example.com", "OrganizationalUnitDistinguishedNames": "OU=A B,DC=code,DC=example,DC=com", "ServiceAccountCredentials.AccountName": "code\\svc", "ServiceAccountCredentials.AccountPassword": PASSWORD}),
    ("directory-configs", "code.example.com", "edit", "", {"ServiceAccountCredentials.AccountName": "code\\svc2", "ServiceAccountCredentials.AccountPassword": PASSWORD}),
    ("image-builders", "", "new", "", {"Name": "as-code", "InstanceType": STREAM, "ImageName": IMAGE}),
    ("image-builders", "as-code", "edit", "", {"Description": "Where images are made"}),
    ("image-builders", "as-code", "url", "", {}),
    ("image-builders", "as-code", "software", "", {"SoftwareNames": OFFICE}),
    ("image-builders", "as-code", "deploy", "", {}),
    ("image-builders", "as-code", "no-software", OFFICE, {}),
    ("image-builders", "as-code", "stop", "", {}),
    ("image-builders", "as-code", "start", "", {"AppstreamAgentVersion": "LATEST"}),
    ("image-builders", "as-code", "tag", "", {"Tags": "a=b"}),
    ("image-builders", "as-code", "delete", "", {}),
    ("images", "", "import", "", {"Name": "as-code-imported", "SourceAmiId": "ami-0123456789abcdef0", "IamRoleArn": ROLE, "AppCatalogConfig.0.Name": "editor", "AppCatalogConfig.0.AbsoluteAppPath": "C:\\editor.exe"}),
    ("images", CLAIMS, "update", "", {"newImageName": "claims-next", "dryRun": "true"}),
    ("images", CLAIMS, "copy", "", {"DestinationImageName": "claims-copy", "DestinationRegion": REGION}),
    ("images", CLAIMS, "export", "", {"AmiName": "claims-ami", "IamRoleArn": ROLE, "TagSpecifications": "team=images"}),
    ("images", CLAIMS, "tag", "", {"Tags": "a=b"}),
    ("images", "claims-copy", "delete", "", {}),
    ("sessions", "$multi", "drain", "", {}),
    ("sessions", "$single", "expire", "", {}),
    ("usage-reports", "$report", "delete", "", {}),
    ("usage-reports", "", "new", "", {}),
    ("applications", "as-code", "delete", "", {}),
    ("app-blocks", "as-code-2", "delete", "", {}),
    ("stacks", "as-code", "no-fleet", "as-code", {}),
    ("stacks", "as-code", "delete", "", {}),
    ("fleets", "as-code", "delete", "", {}),
    ("directory-configs", "code.example.com", "delete", "", {}),
]
# What the dialogs with a page of their own send: sharing, sessions, a fleet's stop and capacity.
CALLS = [
    [("UpdateImagePermissions", {"Name": CLAIMS, "SharedAccountId": account, "ImagePermissions": {"allowFleet": True, "allowImageBuilder": False}}) for account in ("444455556666", "777788889999")],
    [("DeleteImagePermissions", {"Name": CLAIMS, "SharedAccountId": "444455556666"}), ("DeleteImagePermissions", {"Name": CLAIMS, "SharedAccountId": "777788889999"})],
    [("UpdateFleet", {"Name": "finance-desktop", "ComputeCapacity": {"DesiredInstances": 7}})],
    [("StopFleet", {"Name": "finance-desktop"})],
]
# Of these it takes a while until the next can be done to it.
SETTLING = re.compile(r"\((ResourceNotAvailableException|OperationNotPermittedException|ResourceInUseException|ConcurrentModificationException)\)")


class Consoled(unittest.TestCase):
    """Tests with a console of their own, and the AWS CLI for its AppStream."""

    @classmethod
    def setUpClass(cls):
        cls.console = Coder()
        cls.addClassCleanup(cls.console.stop)
        cls.cli = Cli(cls.console.aws)
        cls.addClassCleanup(cls.cli.stop)

    def run_as_printed(self, command):
        for _ in range(60):
            status, said, complained = self.cli.run(command)
            if status == 0 or not SETTLING.search(complained):
                break
            time.sleep(0.5)
        self.assertEqual(status, 0, f"{command}\n{complained}")
        return said


class Forms(Consoled):
    def named(self, name):
        """What the demo estate calls it today."""
        if name == "$report":
            return self.console.rows("usage-reports")[0]["name"]
        wanted = name == "$multi"
        sessions = [r for r in self.console.rows("sessions") if any(c.get("Chip", {}).get("raw") == "ACTIVE" for c in r["cells"] if isinstance(c, dict))]
        return next(r["name"] for r in sessions if ("callcentre-ie" in json.dumps(r["cells"])) == wanted)

    def test_every_form_s_command_runs_as_printed(self):
        done = set()
        for kind, name, verb, row, fields in FORMS:
            name = self.named(name) if name.startswith("$") else name
            if verb in ("edit", "new-version"):
                code = self.console.changed(kind, name, verb, fields)
            else:
                code = self.console.code(kind, name, verb, row, fields)
            for text in code.values():
                self.assertNotIn(PASSWORD, text)
            said = self.run_as_printed(code["AWS CLI"])
            self.assertNotIn('"errors": [\n', said, "rows were refused")
            done.add(re.match("aws appstream ([a-z0-9-]+)", code["AWS CLI"])[1])
        for calls in CALLS:
            code = self.console.request(calls)
            for command in code["AWS CLI"].split("\n\n"):
                self.run_as_printed(command)
                done.add(re.match("aws appstream ([a-z0-9-]+)", command)[1])
            client = mock.MagicMock()
            with mock.patch.object(boto3, "client", return_value=client), mock.patch("builtins.print"):
                exec(compile(code["boto3"], "shown", "exec"), {})  # pylint: disable=exec-used
            self.assertEqual([request for _, _, request in client.method_calls], [request for _, request in calls])
        done -= {"stop-fleet"}
        # What the table of kinds offers, by its own words.
        model = self.console.client().meta
        source = "".join(p.read_text() for p in sorted((ROOT / "server/src/resource/kinds").rglob("*.rs")))
        known = {operation: method.replace("_", "-") for method, operation in model.method_to_api_mapping.items()}
        offered = {known[n] for n in re.findall(r'"([A-Z]\w+)"', source) if n in known and not n.startswith(("Describe", "List", "Get"))}
        self.assertGreater(len(offered), 55)
        self.assertEqual(done, offered)

    def test_the_command_does_what_the_form_would(self):
        hostile = ["It's “here” & $HOME `id` \\ \"", "-x", "file:///etc/hostname", "https://127.0.0.1:1/", "${a} %{b}\n\tsecond line", "[1]", "{\"a\": 1}", "yes"]
        for number, text in enumerate(hostile):
            with self.subTest(text=text):
                fields = {"Name": f"hostile-{number}", "Description": text, "DisplayName": text[:100], "RedirectURL": text}
                self.run_as_printed(self.console.code("stacks", "", "new", fields=fields)["AWS CLI"])
                made = self.console.client().describe_stacks(Names=[f"hostile-{number}"])["Stacks"][0]
                self.assertEqual([made["Description"], made["DisplayName"], made["RedirectURL"]], [text, text[:100], text])

    def test_the_executable_takes_it_too(self):
        code = self.console.code("stacks", "", "new", fields={"Name": "executable", "Description": "It's “here” & $HOME"})
        done = executable(code["AWS CLI"], self.console.aws)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_the_boto3_call_is_python_with_the_same_request(self):
        for kind, name, verb, row, fields in FORMS:
            if name or verb == "new-version":
                continue
            with self.subTest(kind=kind, verb=verb):
                code = self.console.code(kind, name, verb, row, fields)
                client = mock.MagicMock()
                with mock.patch.object(boto3, "client", return_value=client), mock.patch.dict("os.environ", {"PASSWORD": "$PASSWORD"}), mock.patch("builtins.print"):
                    exec(compile(code["boto3"], "shown", "exec"), {})  # pylint: disable=exec-used
                [(method, _, request)] = client.method_calls
                self.assertEqual(request, json.loads(code["JSON"]))
                self.assertTrue(hasattr(self.console.client(), method))


class Pages(Consoled):
    def test_every_page_s_command_reads_it(self):
        source = "".join(p.read_text() for p in sorted((ROOT / "server/src/resource/kinds").rglob("*.rs")))
        kinds = [k for k in dict.fromkeys(re.findall(r'slug: "([a-z-]+)",\s+noun:', source)) if k != "licence-usage"]
        self.assertEqual(len(kinds), 13)
        if not self.console.rows("image-exports"):
            self.console.client().create_export_image_task(ImageName=CLAIMS, AmiName="for-a-page", IamRoleArn=ROLE)
            time.sleep(5)
        for kind in kinds:
            with self.subTest(kind=kind):
                row = self.console.rows(kind)[0]
                code = self.console.item(kind, row["key"])
                told = json.loads(self.run_as_printed(code["AWS CLI"]) or "{}")
                found = json.loads(code["JSON"])
                # The resource is in what the command answers, with the members that the page tells.
                answered = [one for many in told.values() if isinstance(many, list) for one in many]
                key = next(k for k in ("Arn", "TaskId", "Id", "DirectoryName", "S3BucketName", "Name") if k in found)
                [told] = [one for one in answered if one.get(key) == found[key]]
                self.assertEqual({k for k, v in found.items() if v is not None} - {"Tags"} - set(told), set(), "the console's own members are no part of it")


if __name__ == "__main__":
    unittest.main()
