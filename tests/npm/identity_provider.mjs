/* npm oidc-provider on loopback, for tests/integration/test_identity_providers.py: prints its issuer, ends with stdin.
   Its own development pages ask for a login and for consent; whatever login is given, the account of ACCOUNTS has it. */
import { webcrypto } from "node:crypto";
import { createServer } from "node:http";

// Debian 12 has node 18, which has neither.
globalThis.crypto ??= webcrypto;
URL.parse ??= (...parts) => { try { return new URL(...parts); } catch { return null; } };
const { default: Provider } = await import("oidc-provider");

const { client, accounts } = JSON.parse(process.argv[2]);
const server = createServer();
await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
const issuer = `http://127.0.0.1:${server.address().port}`;
const provider = new Provider(issuer, {
  clients: [client],
  claims: { openid: ["sub"], profile: ["name", "preferred_username", "dept", "groups"] },
  cookies: { keys: ["a key of a test"] },
  findAccount: (_, id) => (accounts[id] ? { accountId: id, claims: () => ({ sub: id, ...accounts[id] }) } : undefined),
  pkce: { required: () => true },
  features: { rpInitiatedLogout: { enabled: true }, devInteractions: { enabled: true } },
});
server.on("request", provider.callback());
process.stdout.write(`${issuer}\n`);
process.stdin.on("end", () => { server.closeAllConnections(); server.close(); });
process.stdin.resume();
