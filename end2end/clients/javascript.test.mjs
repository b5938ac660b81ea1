// The AWS SDK for JavaScript walks all operations over its own protocol, with success and with failure.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';
import * as sdk from '@aws-sdk/client-appstream';

const root = new URL('../../', import.meta.url);
const steps = JSON.parse(readFileSync(new URL('server/simulator/src/tests/scenario.json', root), 'utf8'));
const program = `${process.env.CARGO_TARGET_DIR ?? new URL('target', root).pathname}/release/appstream-console`;
let url, child;

async function control(path, body) {
  const answer = await fetch(`${url}/_simulator/${path}`, { method: 'POST', body: JSON.stringify(body) });
  assert.equal(answer.status, 200, `${path} ${JSON.stringify(body)}`);
  return answer.json();
}

before(async () => {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => probe.once('listening', done));
  const { port } = probe.address();
  await new Promise((done) => probe.close(done));
  url = `http://127.0.0.1:${port}`;
  child = spawn(program, ['simulate', '--listen', `127.0.0.1:${port}`], { stdio: 'ignore' });
  for (let n = 0; n < 200; n++) {
    if (await fetch(`${url}/_simulator/health`).then((a) => a.ok, () => false)) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  assert.fail('the simulator does not answer');
});
after(() => child.kill());

test('every operation succeeds and fails as its model allows', async () => {
  const client = new sdk.AppStreamClient({
    endpoint: url, region: 'us-east-1', maxAttempts: 1, credentials: { accessKeyId: '111122223333', secretAccessKey: 'any' },
  });
  const saved = {};
  const fill = (value) => {
    if (typeof value === 'string') return value.startsWith('$') ? (saved[value.slice(1)] ?? value) : value;
    if (Array.isArray(value)) return value.map(fill);
    if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, fill(v)]));
    return value;
  };
  const succeeded = new Set(), failed = new Set(), offered = new Set();
  for (const name of Object.keys(sdk)) if (name.endsWith('Command') && name !== '$Command') offered.add(name.slice(0, -'Command'.length));
  for (const step of steps) {
    if (step.advance) await control('clock', { advance_seconds: step.advance });
    else if (step.control) await control(step.control, step.body);
    else if (offered.has(step.op)) {
      const error = step.error?.replace('fault:', '');
      if (step.error?.startsWith('fault:')) await control('faults', { operation: step.op, error, count: 1 });
      saved.month = new Date((await control('clock', {})).now * 1000).toISOString().slice(0, 7);
      let output;
      try {
        output = await client.send(new sdk[`${step.op}Command`](fill(step.input)));
      } catch (refused) {
        assert.equal(refused.name, error, `${JSON.stringify(step)}: ${refused}`);
        failed.add(step.op);
        continue;
      }
      assert.equal(error, undefined, `${JSON.stringify(step)} was accepted`);
      assert.ok(output.$metadata.requestId);
      succeeded.add(step.op);
      for (const [name, path] of Object.entries(step.save ?? {})) saved[name] = path.slice(1).split('/').reduce((at, part) => at[part], output);
    }
  }
  assert.ok(offered.size >= 89, `${offered.size} operations`);
  assert.deepEqual([[...succeeded].sort(), [...failed].sort()], [[...offered].sort(), [...offered].sort()]);
});
