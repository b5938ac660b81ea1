// A real OpenID Connect provider (npm: oidc-provider) on a loopback port, with people of tests. It signs in whoever types a name; the
// groups of a name are told by ?… of nothing but this list.
//   node provider.mjs PORT CONSOLE_URL
// It says “ready” on standard output once it answers.
import Provider from "oidc-provider";

const [port, consoleUrl] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;

/** Who is in which groups. */
const people = {
  "ana": { groups: ["everybody", "console-admins"], email: "ana@example.com" },
  "bob": { groups: ["console-viewers"], email: "bob@example.com" },
  "eve": { groups: ["everybody"], email: "eve@example.com" },
  // Called as an account with a password is.
  "mallory": { groups: ["console-admins"], preferred_username: "admin" },
};

const provider = new Provider(issuer, {
  clients: [{
    client_id: "console", client_secret: "a-secret-of-the-console", grant_types: ["authorization_code"], response_types: ["code"],
    redirect_uris: [`${consoleUrl}/sign-in/single/back`], token_endpoint_auth_method: "client_secret_basic",
  }],
  claims: { openid: ["sub"], profile: ["preferred_username", "groups"], email: ["email"] },
  // Claims in the ID token as many providers have them; without this they are told by userinfo only.
  conformIdTokenClaims: process.env.CLAIMS_BY_USERINFO === "1",
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true } },
  cookies: { keys: ["of-tests-only"] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, preferred_username: id, ...people[id] }) }),
});
provider.listen(Number(port), "127.0.0.1", () => process.stdout.write("ready\n"));
