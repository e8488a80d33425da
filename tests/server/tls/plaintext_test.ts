/** Who may speak without TLS, from every kind of address. */
import assert from "node:assert/strict";
import { admitsPlaintext } from "../../../lib/server/tls/plaintext.ts";

const PRIVATE = [
  "127.0.0.1",
  "127.255.0.9",
  "10.0.0.1",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.3.4",
  "169.254.1.1",
  "::1",
  "fc00::1",
  "fdff::1",
  "fe80::1",
  "fe80::1%eth0",
  "::ffff:10.0.0.1",
  "::ffff:a00:1",
  "::FFFF:127.0.0.1",
];
const PUBLIC = [
  "8.8.8.8",
  "172.32.0.0",
  "11.0.0.1",
  "192.169.0.1",
  "100.64.0.1",
  "0.0.0.0",
  "::",
  "::2",
  "2001:db8::1",
  "fec0::1",
  "::ffff:8.8.8.8",
  "::ffff:808:808",
  // What is no address is nobody's neighbour.
  "",
  "localhost",
  "10.0.0.1.example.org",
];

for (const address of PRIVATE) {
  Deno.test(`plaintext from ${address}, which is private`, () => {
    assert.deepEqual(answers(address), { never: false, private: true, any: true });
  });
}

for (const address of PUBLIC) {
  Deno.test(`plaintext from "${address}", which is not`, () => {
    assert.deepEqual(answers(address), { never: false, private: false, any: true });
  });
}

const answers = (address: string) => ({
  never: admitsPlaintext("never", address),
  private: admitsPlaintext("private", address),
  any: admitsPlaintext("any", address),
});
