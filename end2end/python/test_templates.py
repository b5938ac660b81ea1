"""“As code”: what is printed as Terraform and CloudFormation says the same as the request, whatever stands in it.

cfn-lint has the published schemas of all types and knows every member; python-hcl2 reads HCL. The names of Terraform's attributes
come from a table in the program: its provider publishes no schema that could be had here.
"""

import ast
import collections
import json
import random
import re
import unittest

import hcl2
import yaml
from botocore import xform_name
from cfnlint.api import lint
from cfnlint.config import ManualArgs

from code_support import PASSWORD, Coder
from support import REGION
from test_code import CLAIMS, FORMS

SECRET = "a placeholder"
# Only part of the resource is said where something changes.
PART = "Only what changes"
HEAD = 'AWSTemplateFormatVersion: "2010-09-09"'
PARAMETER = "\nParameters:\n  Password:\n    Type: String\n    NoEcho: true"


class Loader(yaml.SafeLoader):
    """YAML 1.1, as CloudFormation reads it."""


Loader.add_constructor("!Ref", lambda loader, node: SECRET if loader.construct_scalar(node) == "Password" else None)


def left_out(text):
    """What the code says that its types do not have. What clears others is no member of a template."""
    return {"AttributesToDelete"} | {member for names in re.findall(r"^ *# \S+ has no (.*)\.$", text, re.M) for member in names.split(", ")}


def without(value, names, path=""):
    """The request without members that are left out, and with placeholders."""
    if isinstance(value, list):
        # Values that a type does not have: a row with one, or the value itself.
        def refused(v):
            return any(f"{path}{k} {w}" in names for k, w in v.items()) if isinstance(v, dict) else f"{path.rstrip('.')} {v}" in names
        return [without(v, names, path) for v in value if not refused(v)]
    if not isinstance(value, dict):
        return value
    value = {k: v for k, v in value.items() if not isinstance(v, str) or f"{path}{k} {v}" not in names}
    inner = {k: SECRET if k == "AccountPassword" else without(v, names, f"{path}{k}.") for k, v in value.items() if f"{path}{k}" not in names}
    return {k: v for k, v in inner.items() if v not in ({}, [])}


def as_cloudformation(request, text):
    request = without(request, left_out(text))
    if "Tags" in request:
        request["Tags"] = [{"Key": k, "Value": v} for k, v in sorted(request["Tags"].items())]
    return request


def as_terraform(value, tags=False):
    """Structures are lists of blocks, names are Terraform's."""
    if isinstance(value, dict) and not tags:
        return {xform_name(k): as_terraform(v, k == "Tags") for k, v in value.items()}
    if isinstance(value, list):
        return [as_terraform(v) for v in value]
    return value


def blocks(value, top=True):
    """What as_terraform made, with single structures as lists of one block."""
    if isinstance(value, dict):
        inner = {k: v if k == "tags" else blocks(v, False) for k, v in value.items()}
        return inner if top else [inner]
    if isinstance(value, list):
        return [blocks(v) for v in value]
    return value


def literal(text):
    """The value of a text in HCL. Its escapes are Python's; a template would be neither."""
    assert "${" not in text and "%{" not in text, text
    return ast.literal_eval(text)


def plain(value):
    """What python-hcl2 read, as values."""
    if isinstance(value, dict):
        return {literal(k) if k.startswith('"') else k: plain(v) for k, v in value.items() if k not in ("__is_block__", "__comments__", "__inline_comments__")}
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, str):
        return SECRET if value == "${var.password}" else literal(value)
    return value


def terraform(text):
    """The resources that HCL says: type, attributes."""
    read = hcl2.loads(text + "\n")
    found = []
    for one in read["resource"]:
        for kind, named in one.items():
            if kind.startswith("__"):
                continue
            for name, attributes in named.items():
                found.append((literal(kind), literal(name), plain(attributes)))
    return read, found


def expected_terraform(request, text, kind):
    expected = without(request, left_out(text))
    if "AccessEndpoints" in expected and kind == "aws_appstream_image_builder":
        expected["AccessEndpoint"] = expected.pop("AccessEndpoints")
    if expected.pop("MessageAction", None) == "SUPPRESS":
        expected["SendEmailNotification"] = False
    return blocks(as_terraform(expected))


class Templates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.console = Coder()
        cls.addClassCleanup(cls.console.stop)

    def lint(self, texts, but=()):
        """cfn-lint's errors in templates, which are put together: it needs a second for each. `but` are rules that do not count."""
        resources = []
        for number, text in enumerate(texts):
            head, body = text.split("\nResources:\n")
            self.assertIn(head, (HEAD, HEAD + PARAMETER))
            resources.append(re.sub(r"^  (\w+):$", rf"  N{number}\1:", body, flags=re.M))
        text = f"{HEAD}{PARAMETER}\nResources:\n" + "\n".join(resources)
        found = [f"{m.rule.id} {m.message} {list(m.path)}" for m in lint(text, config=ManualArgs(regions=[REGION])) if m.rule.id not in but]
        # Put together they may use no parameter, and name the same resource twice.
        self.assertEqual([f for f in found if not f.startswith(("W2001", "E3019"))], [], text)

    def agree(self, code, ordered=True):
        """Terraform and CloudFormation say what JSON says; answers the types."""
        request = json.loads(code["JSON"])
        rows = request.get("UserStackAssociations", [request])
        types = []
        if "CloudFormation" in code:
            text = code["CloudFormation"]
            template = yaml.load(text, Loader)
            self.assertEqual(len(template["Resources"]), len(rows))
            for said, row in zip(template["Resources"].values(), rows):
                types.append(said["Type"])
                properties = said["Properties"]
                if "Tags" in properties:
                    properties["Tags"].sort(key=lambda tag: tag["Key"])
                if ordered:
                    self.assertEqual(properties, as_cloudformation(row, text), text)
        if "Terraform" in code:
            text = code["Terraform"]
            _, resources = terraform(text)
            self.assertEqual(len(resources), len(rows))
            for (kind, _, attributes), row in zip(resources, rows):
                types.append(kind)
                if ordered:
                    self.assertEqual(attributes, expected_terraform(row, text, kind), text)
        return types

    def test_every_form_is_a_template_of_official_types_with_the_same_values(self):
        found, templates = collections.Counter(), []
        for kind, name, verb, row, fields in FORMS:
            # What an earlier form made is not there: others of the estate stand for it.
            known = {"fleets": "training-lab", "stacks": "finance", "app-blocks": None, "applications": "qgis-ltr", "users": None}
            with self.subTest(kind=kind, verb=verb):
                if name.startswith("$") or verb in ("no-user", "untag"):
                    continue
                if name and name != CLAIMS:
                    name = known.get(kind) or self.console.rows(kind)[0]["key"]
                if verb in ("edit", "new-version"):
                    code = self.console.changed(kind, name, verb, fields)
                else:
                    code = self.console.code(kind, name, verb, row, fields)
                for text in code.values():
                    self.assertNotIn(PASSWORD, text)
                if "CloudFormation" in code:
                    templates.append(code["CloudFormation"])
                if verb != "tag":
                    found.update(self.agree(code))
                if verb in ("delete", "start", "stop", "url", "resend", "enable", "disable") or verb.startswith("no-"):
                    self.assertEqual(sorted(code), ["AWS CLI", "JSON", "boto3"])
        self.lint([t for t in templates if PART not in t])
        # What is required may be missing.
        self.lint([t for t in templates if PART in t], ("E3003", "E3017"))
        of = {t.rsplit(":", 1)[-1] for t in found if t.startswith("AWS::")}
        self.assertEqual(of, {
            "Fleet", "Stack", "ImageBuilder", "User", "StackUserAssociation", "StackFleetAssociation", "DirectoryConfig", "AppBlock",
            "AppBlockBuilder", "Application", "ApplicationFleetAssociation", "ApplicationEntitlementAssociation", "Entitlement",
        })
        self.assertEqual({t.removeprefix("aws_appstream_") for t in found if t.startswith("aws_")}, {
            "fleet", "stack", "image_builder", "user", "user_stack_association", "fleet_stack_association", "directory_config",
        })

    def filled(self, kind, name, verb):
        """A form with something in every field; not with what would fit together."""
        fields = {}
        for field in self.console.form(kind, name, verb):
            entry, path = field["entry"], field["path"]
            if isinstance(entry, dict):
                values = next(iter(entry.values()))
                if isinstance(values, str):
                    fields[path] = values
                else:
                    values = [value for value, _ in values]
                    fields[path] = "\n".join(values[:2] if "Many" in entry else [v for v in values if v not in ("ELASTIC", "RESEND")][-1:])
            elif path == "InstanceType":
                fields[path] = "stream.standard.medium"
            elif entry in ("Number", "Seconds"):
                fields[path] = "600"
            elif entry == "Flag":
                fields[path] = "true"
            elif entry == "Pairs":
                fields[path] = "key=value"
            elif entry == "Lines":
                fields[path] = "first.example.com\nsecond.example.com"
            elif entry == "Password":
                fields[path] = PASSWORD
            else:
                fields[path] = "s3://some-bucket/some/key" if entry == "S3" else "arn:aws:iam::111122223333:role/some" if path.endswith("Arn") else "something"
        return fields

    def test_every_member_of_every_type_is_known_to_the_official_schemas(self):
        # Of what was put in, patterns, formats and values that exclude each other do not count.
        templates = []
        values = ("E3032", "E3031", "E3030", "E1152", "E1150", "E1154", "E1156", "E3037", "E3033", "E3034", "E3691", "E3715", "E1153", "E1155", "E3018", "E3014")
        kinds = ("stacks", "image-builders", "app-blocks", "app-block-builders", "applications", "users", "entitlements", "directory-configs")
        for kind, chosen in (("fleets", {}), ("fleets", {"FleetType": "ELASTIC"}), *((kind, {}) for kind in kinds)):
            with self.subTest(kind=kind, chosen=chosen):
                fields = {**self.filled(kind, "", "new"), **chosen}
                self.assertGreater(len(fields), 2)
                code = self.console.code(kind, "", "new", fields=fields)
                self.assertNotIn("Required, and not given", code["CloudFormation"])
                templates.append(code["CloudFormation"])
                self.agree(code)
        self.lint(templates, values)

    def test_what_exists_is_told_as_a_whole(self):
        templates = []
        for kind in ("fleets", "stacks", "image-builders", "app-blocks", "app-block-builders", "applications", "users", "entitlements", "directory-configs"):
            for row in self.console.rows(kind)[:14]:
                with self.subTest(kind=kind, name=row["key"]):
                    code = self.console.item(kind, row["key"])
                    templates.append(code["CloudFormation"])
                    self.assertNotIn(PART, code["CloudFormation"])
                    item = json.loads(code["JSON"])
                    self.agree(code, ordered=False)
                    [said] = yaml.load(code["CloudFormation"], Loader)["Resources"].values()
                    told = without(item, left_out(code["CloudFormation"]))
                    for member, value in said["Properties"].items():
                        if member in told and member not in ("Tags", "ServiceAccountCredentials", "ApplicationSettings"):
                            self.assertEqual(value, told[member])
                    elastic = item.get("FleetType") == "ELASTIC"
                    self.assertEqual("Terraform" in code, kind in ("fleets", "stacks", "image-builders", "users", "directory-configs") and not elastic)
                    if "Terraform" in code:
                        read, [(_, label, _)] = terraform(code["Terraform"])
                        [imported] = read["import"]
                        self.assertTrue(imported["to"].endswith(f".{label}}}"), imported)
                        self.assertTrue(literal(imported["id"]).startswith(row["key"]))
        self.lint(templates)

    def test_hostile_values_stay_values(self):
        chance = random.Random(4711)
        parts = [
            '"', "'", "\\", "\\n", "\n", "\r\n", "\t", "${", "$${", "$$${", "%{", "%%{", "}", "{", "{{", "~", "é", "日本", "😀", "\u202e", "\u2028", "\ufeff",
            "\u0085", "\x07", "\x1b[31m", " ", "  ", "yes", "No", "null", "12", "0x1f", "1e3", "1_000", "12:30", "2026-01-01", "# ", ": ", ":", "- ", "? ", "!Ref x",
            "&a ", "*a", "<<", "<<EOF", "=", "|", ">", "@", "`id`", "$(id)", "$HOME", "%", "$", ",", "[", "]", "file://x", "://", "a", "word",
        ]

        def hostile():
            return "".join(chance.choice(parts) for _ in range(chance.randint(1, 6)))

        keys = ["k", "yes", "1", "${k}", "# k", 'k"']
        for _ in range(150):
            lines = "\n".join(hostile().replace("\n", "").replace("\r", "").replace("\u0085", "").replace("\u2028", "") for _ in range(3))
            fields = {
                "Name": "x", "Description": hostile(), "DisplayName": hostile(), "RedirectURL": hostile(), "FeedbackURL": hostile(), "EmbedHostDomains": lines,
                "Tags": "\n".join(f"{chance.choice(keys)}{n}={line}" for n, line in enumerate(lines.split("\n"))),
                "StorageConnectors[GOOGLE_DRIVE].ConnectorType": "GOOGLE_DRIVE", "StorageConnectors[GOOGLE_DRIVE].Domains": lines, "ApplicationSettings.SettingsGroup": hostile(),
            }
            self.agree(self.console.code("stacks", "", "new", fields=fields))
        # The forms trim; AWS tells values as they are.
        client = self.console.client()
        texts = {f"hostile-{n}": (hostile() + chance.choice([" ", "\n", ""]), chance.choice([" ", "\n", "\t"]) + hostile()) for n in range(20)}
        for name, (display, description) in texts.items():
            client.create_stack(Name=name, DisplayName=display, Description=description)
        for name, (display, description) in texts.items():
            code = self.console.item("stacks", name)
            [said] = yaml.load(code["CloudFormation"], Loader)["Resources"].values()
            self.assertEqual((said["Properties"]["DisplayName"], said["Properties"]["Description"]), (display, description))
            _, [(_, _, attributes)] = terraform(code["Terraform"])
            self.assertEqual((attributes["display_name"], attributes["description"]), (display, description))

    def test_what_cloudformation_would_resolve_is_left_out(self):
        code = self.console.code("stacks", "", "new", fields={"Name": "x", "Description": "{{resolve:secretsmanager:mine}}", "DisplayName": "y"})
        self.assertNotIn("{{", code["CloudFormation"])
        self.assertIn("# Description is left out", code["CloudFormation"])
        self.assertIn("{{resolve", code["Terraform"])


if __name__ == "__main__":
    unittest.main()
