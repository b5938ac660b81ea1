"""boto3 and the AWS CLI walk all operations over their own protocol, with success and with failure.

What comes back is checked against the official model, with botocore's own shapes.
"""

import contextlib
import io
import json
import os
import re
import tempfile
import unittest
from unittest import mock

import boto3
from awscli.clidriver import create_clidriver
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from support import ACCOUNT, REGION, STEPS, Simulator, walk

KEYS = {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "any", "AWS_DEFAULT_REGION": REGION}


def unknown(value, shape, path=""):
    """Members that the model does not have. botocore's parser would drop them in silence."""
    if shape.type_name == "structure":
        for name, inner in value.items():
            if name not in shape.members:
                yield f"{path}.{name}"
            else:
                yield from unknown(inner, shape.members[name], f"{path}.{name}")
    elif shape.type_name == "list":
        for inner in value:
            yield from unknown(inner, shape.member, path)
    elif value is None:
        yield f"{path} is null"
    elif shape.type_name == "string" and shape.enum and value not in shape.enum:
        yield f"{path}: {value}"


class EveryOperation(unittest.TestCase):
    def setUp(self):
        self.simulator = Simulator()
        self.addCleanup(self.simulator.stop)
        self.succeeded, self.failed = set(), set()

    def test_boto3(self):
        config = Config(parameter_validation=False, retries={"total_max_attempts": 1})
        keys = {"aws_access_key_id": ACCOUNT, "aws_secret_access_key": "any", "region_name": REGION}
        client = boto3.client("appstream", endpoint_url=self.simulator.url, config=config, **keys)
        model = client.meta.service_model
        raw = {}
        client.meta.events.register("before-parse.appstream", lambda response_dict, **_: raw.update(response_dict))
        methods = {operation: method for method, operation in client.meta.method_to_api_mapping.items()}

        def call(operation, given, error):
            try:
                output = getattr(client, methods[operation])(**given)
            except ClientError as refused:
                self.assertEqual(refused.response["Error"]["Code"], error, f"{operation} {given}")
                self.assertGreater(len(refused.response["Error"]["Message"]), 15, refused)
                modelled = {shape.name: shape.metadata.get("error", {}).get("httpStatusCode", 400) for shape in model.operation_model(operation).error_shapes}
                self.assertEqual(refused.response["ResponseMetadata"]["HTTPStatusCode"], modelled.get(error, 400))
                self.failed.add(operation)
                return None
            self.assertIsNone(error, f"{operation} {given} was accepted")
            self.assertTrue(output.pop("ResponseMetadata")["RequestId"])
            shape = model.operation_model(operation).output_shape
            if shape:
                self.assertNotIn(b"canary", raw["body"], "a password came back")
                for directory in [output.get("DirectoryConfig"), *output.get("DirectoryConfigs", [])]:
                    if directory:
                        # AWS leaves it out although its model requires it (behaviour notes 8.3).
                        directory["ServiceAccountCredentials"]["AccountPassword"] = "never told"
                # Rejects wrong types and missing members.
                report = ParamValidator().validate(output, shape)
                self.assertFalse(report.has_errors(), f"{operation}: {report.generate_report()}")
                body = json.loads(raw["body"] or b"{}")
                self.assertEqual(list(unknown(body, shape)), [], f"{operation} answers what its model does not know")
            self.succeeded.add(operation)
            return output

        walk(self.simulator, call)
        self.assertEqual(len(model.operation_names), 90)
        self.assertEqual((self.succeeded, self.failed), (set(model.operation_names),) * 2)

    def test_the_aws_cli(self):
        # Its model is older than ours by one operation; this test says so when it catches up.
        missing = {"UpdateImageBuilder"}
        with tempfile.TemporaryDirectory() as folder:
            config = os.path.join(folder, "config")
            with open(config, "w", encoding="utf-8") as file:
                file.write("[default]\nparameter_validation = false\ncli_pager =\n")
            environment = {**KEYS, "AWS_CONFIG_FILE": config, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_MAX_ATTEMPTS": "1"}
            with mock.patch.dict(os.environ, environment):
                driver = create_clidriver()

                def call(operation, given, error):
                    if operation in missing:
                        return None
                    name = re.sub("(?<=[a-z])(?=[A-Z])", "-", operation.replace("URL", "Url")).lower()
                    out, err = io.StringIO(), io.StringIO()
                    arguments = ["appstream", name, "--endpoint-url", self.simulator.url, "--output", "json", "--cli-input-json", json.dumps(given)]
                    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                        status = driver.main(arguments)
                    if error:
                        self.assertNotEqual(status, 0, f"{operation} {given} was accepted")
                        self.assertIn(f"({error})", err.getvalue(), f"{operation} {given}")
                        self.failed.add(operation)
                        return None
                    self.assertEqual(status, 0, f"{operation} {given}: {err.getvalue()}")
                    self.succeeded.add(operation)
                    return json.loads(out.getvalue() or "{}")

                walk(self.simulator, call)
        everything = {step["op"] for step in STEPS if "op" in step} - missing
        self.assertEqual((self.succeeded, self.failed), (everything,) * 2)
        self.assertEqual(len(everything), 89)


if __name__ == "__main__":
    unittest.main()
