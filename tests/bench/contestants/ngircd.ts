/** ngircd: no limits, no penalties, no look-ups. Started by root it goes on as `nobody`. */
import { type IrcServer } from "./irc_server.ts";

export const NGIRCD: IrcServer = {
  name: "ngircd",
  program: "ngircd",
  // A burst overflows its short backlog, and some would wait for seconds; so they come in groups.
  concurrency: 250,
  args: (configuration) => ["--nodaemon", "--config", configuration],
  configuration: ({ port }) =>
    `[Global]
Name = bench.local
Info = bench
Listen = 127.0.0.1
Ports = ${port}
ServerUID = nobody
ServerGID = nogroup
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxJoins = 0
MaxNickLength = 15
MaxPenaltyTime = 0
PingTimeout = 3600
PongTimeout = 3600
[Options]
DNS = no
Ident = no
PAM = no
[Channel]
Name = #bench
MaxUsers = 0
`,
};
