/** InspIRCd: its flood limits and queues as large as they get, no look-ups. It has to be told that root may run it. */
import { type IrcServer } from "./irc_server.ts";

export const INSPIRCD: IrcServer = {
  name: "InspIRCd",
  program: "inspircd",
  concurrency: 250,
  args: (configuration) => [...(Deno.uid() === 0 ? ["--runasroot"] : []), "--nofork", `--config=${configuration}`],
  configuration: ({ port, folder }) =>
    `<config format="xml">
<server name="bench.local" description="bench" network="bench" id="0BE">
<admin name="bench" email="bench@example.org" nick="bench">
<bind address="127.0.0.1" port="${port}" type="clients">
<connect allow="*" timeout="120" pingfreq="3600" hardsendq="1000000000" softsendq="1000000000" recvq="10000000"
 threshold="1000000000" commandrate="1000000000" fakelag="no" localmax="100000" globalmax="100000" maxchans="10"
 resolvehostnames="no" maxconnwarn="no">
<performance netbuffersize="65534" somaxconn="4096" softlimit="100000" clonesonconnect="no">
<security>
<dns server="127.0.0.1" timeout="1">
<limits maxnick="30">
<path datadir="${folder}" logdir="${folder}" runtimedir="${folder}">
<pid file="${folder}/inspircd.pid">
<log method="file" type="*" level="sparse" target="${folder}/inspircd.log">
`,
};
