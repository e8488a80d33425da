/** The Debian package as a folder that `dpkg-deb` makes it of. */
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { completions, manPages, type Release, serverConf } from "./documents.ts";

const root = new URL("../../../", import.meta.url).pathname;

/** Lays the package out under `folder`; the programs come from `dist`. */
export async function layOut(folder: string, { dist, release }: { readonly dist: string; readonly release: Release }) {
  const put = async (path: string, content: string | Uint8Array, mode = 0o644) => {
    const target = join(folder, path);
    await Deno.mkdir(dirname(target), { recursive: true });
    await Deno.writeFile(target, typeof content === "string" ? new TextEncoder().encode(content) : content);
    await Deno.chmod(target, mode);
  };
  const source = (name: string) => Deno.readFile(join(root, name));

  await put("usr/bin/chat", await Deno.readFile(join(dist, "chat")), 0o755);
  // The server looks for server.conf beside itself, so that its commands find the data without being told.
  await put("usr/lib/chat-room/chat-server", await Deno.readFile(join(dist, "chat-server")), 0o755);
  await Deno.symlink("/etc/chat-room/server.conf", join(folder, "usr/lib/chat-room/server.conf"));
  await Deno.symlink("../lib/chat-room/chat-server", join(folder, "usr/bin/chat-server"));
  await put("etc/chat-room/server.conf", serverConf(), 0o640);
  await put("usr/lib/systemd/system/chat-room.service", await source("tests/tools/package/debian/chat-room.service"));
  await put("usr/share/doc/chat-room/README.md", await source("README.md"));
  await put("usr/share/doc/chat-room/grafana.json", await source("lib/server/grafana.json"));
  for (const { name, text } of manPages(release)) {
    // Level and no time: the same bytes every time.
    await put(`usr/share/man/man${name.at(-1)}/${name}.gz`, gzipSync(text, { level: 9 }));
  }
  for (const { name, text } of completions("bash")) await put(`usr/share/bash-completion/completions/${name}`, text);
  for (const { name, text } of completions("zsh")) await put(`usr/share/zsh/vendor-completions/${name}`, text);
  for (const { name, text } of completions("fish")) await put(`usr/share/fish/vendor_completions.d/${name}`, text);

  await put("DEBIAN/control", await control(folder, release));
  await put("DEBIAN/conffiles", "/etc/chat-room/server.conf\n");
  for (const script of ["postinst", "prerm", "postrm"]) {
    await put(`DEBIAN/${script}`, await source(`tests/tools/package/debian/${script}`), 0o755);
  }
}

async function control(folder: string, { version }: Release): Promise<string> {
  let bytes = 0;
  for (const path of ["usr/bin/chat", "usr/lib/chat-room/chat-server"]) {
    bytes += (await Deno.stat(join(folder, path))).size;
  }
  return `Package: chat-room
Version: ${version}
Architecture: amd64
Maintainer: The chat room's maintainers <maintainers@chat-room.invalid>
Installed-Size: ${Math.ceil(bytes / 1024)}
Depends: adduser, libc6 (>= 2.27), libgcc-s1
Section: net
Priority: optional
Description: chat room that you host yourself, server and client
 The server is one executable with its data in one folder; the client draws the
 room in a terminal, with text in every script, pictures and files. A message
 counts as sent only when it is on the disk.
`;
}
