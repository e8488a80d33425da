/** ngircd: no limits, no penalties, no look-ups. Started by root it goes on as `nobody`. */
import { type IrcServer } from "./irc_server.ts";

export const NGIRCD: IrcServer = {
  name: "ngircd",
  program: "ngircd",
  // Its listen backlog is ten: who comes when that is full waits for a second, or is lost after a minute.
  concurrency: 8,
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
