/** 中文。 */
import { clockOfMinutes } from "./quiet.ts";
import type { Texts } from "./texts.ts";
import { sayIn } from "./sentences.ts";
import { describePicture } from "./texts_en.ts";

const ROLES = { owner: "房主", moderator: "管理员", member: "普通成员" } as const;
const till = (until: string | undefined): string => until === undefined ? "" : `(至 ${until})`;

export const zh: Texts = {
  placeholder: "说点什么,或输入 /help",
  searchPlaceholder: "要查找的文字",
  cameIn: "来了",
  left: "走了",
  here: (count) => `${count} 人在线`,
  hereNow: (count) => `现在有 ${count} 人:`,
  since: "自",
  online: "已连接",
  offline: "离线",
  connecting: "正在连接",
  disconnected: "已断开",
  leaving: "正在离开",
  queued: (count) => `${count} 条待发`,
  unread: (count) => `${count} 条未读`,
  unreadLine: "未读",
  quiet: "免打扰",
  earlier: "正在看以前的消息 · esc 返回",
  loading: "正在读取……",
  more: (count) => `…… 还有 ${count} 人`,
  moreOnTheWay: (count, what) => `…… 还有 ${count} ${what === "files" ? "个文件" : "条消息"}在发送`,
  nothingBefore: "再往前没有了。",
  catchingUp: "消息很多,正在追赶……",
  connectedAgain: "已重新连接。",
  offlineBecause: (reason) => `离线:${sayIn("zh")(reason)}`,
  notSent: (what) => `没有发出:${what}`,
  sentLater: (text) => `还没有发出,下次再发:${text}`,
  cutOff: "一条消息放不下,多出的部分被截掉了。请用 /file 发送。",
  leavingWhen: (messages, files) => {
    const parts = [...(messages > 0 ? [`${messages} 条消息`] : []), ...(files > 0 ? [`${files} 个文件`] : [])];
    return `${parts.join("和")}发完就离开;再按一次 ctrl-d 立即离开。`;
  },
  saved: (path) => `已保存到 ${path}`,
  opened: (path) => `已打开 ${path}`,
  noFile: (number) => `没有文件 ${number};编号写在文件旁边。`,
  gap: (first, last) =>
    first === last ? `服务器已不再保留第 ${first} 条。` : `服务器已不再保留第 ${first} 到 ${last} 条。`,
  searching: "正在查找……",
  found: (count, more) => `找到 ${count}${more ? "+" : ""} 条`,
  nothingFound: "没有找到。",
  fromCache: "离线:只查找了本机保存的部分",
  searchHelp: "回车:查找,再按跳到那里 · 上下键:选择 · esc:返回",
  helpTitle: "帮助",
  helpKeys: "esc 或 F1:返回 · page-up、page-down:翻页",
  quietness: (quiet) => {
    if (quiet.type === "off") return "提到你时会响铃。";
    if (quiet.type === "on") return "提到你时不响铃。/quiet off 恢复。";
    return `${clockOfMinutes(quiet.from)} 到 ${clockOfMinutes(quiet.to)} 之间,提到你时不响铃。`;
  },
  standing: {
    nobody: "这里还没有管理者。",
    roles: { owner: "房主", moderator: "管理员" },
    slow: (seconds) => `慢速模式:每 ${seconds} 秒一条`,
    readOnly: "只读:只有房主和管理员可以发言",
    muted: (who) => `${who} 被禁言`,
    banned: (who) => `${who} 被封禁`,
    until: (until) => `(至 ${until})`,
  },
  invitation: (code, uses, until) => `邀请码(${uses} 人,至 ${until}):${code}`,
  operator: "服务器管理员",
  removed: (who) => `已被 ${who} 移除`,
  because: (reason) => `:${reason}`,
  act: (act, { who, whom, until }) => {
    switch (act.type) {
      case "kick":
        return `${who} 将 ${whom} 请出了聊天室`;
      case "mute":
        return `${who} 禁言了 ${whom}${till(until)}`;
      case "unmute":
        return `${who} 解除了 ${whom} 的禁言`;
      case "ban":
        return `${who} 封禁了 ${whom}${till(until)}`;
      case "unban":
        return `${who} 解封了 ${whom}`;
      case "ban-range":
        return `${who} 封禁了一个地址段${till(until)}`;
      case "unban-range":
        return `${who} 解封了一个地址段`;
      case "slow":
        return act.seconds === 0 ? `${who} 关闭了慢速模式` : `${who} 开启了慢速模式:每 ${act.seconds} 秒一条`;
      case "read-only":
        return act.on ? `${who} 将聊天室设为只读` : `${who} 取消了只读`;
      case "delete":
        return `${who} 移除了 ${whom} 的第 ${act.post} 条消息`;
      case "role":
        return `${who} 将 ${whom} 设为${ROLES[act.role]}`;
      case "claim":
        return `${whom} 成为房主`;
      case "invite":
        return `${who} 邀请了 ${act.uses} 人${till(until)}`;
    }
  },
  undrawable: (why) => {
    const what = "size" in why ? describePicture(why.size) : "";
    if (why.code === "failed") return `没有画出:${why.message}`;
    if (why.code === "unsupported") return `${what}:这种图片这里画不出来`;
    if (why.code === "too-large") return `${what}:太大,不画`;
    if (why.code === "damaged") return `${what}:已损坏或不完整`;
    return "没有画出:不是认得的图片";
  },
  theme: (scheme) =>
    scheme === "none" ? "不用颜色。" : `颜色适合${{ auto: "你的", dark: "深色", light: "浅色" }[scheme]}背景。`,
  noColors: "逐行模式没有颜色。",
  language: "从现在起用中文。",
  sentence: sayIn("zh"),
  youAre: (name) => `你是 ${name}。/help 查看能做什么。`,
  changePassword: (account) => `密码不在这里输入,以免被看到:请运行 chat passwd --account ${account}`,
  revoked: (count) => `已退出 ${count} 台设备。`,
  loggedOut: "已退出登录,本机不再记住你。",
  wrong: {
    path: (command) => `请写明路径:/${command} PATH`,
    device: "本机用 /logout,/devices 中的另一台用 /logout N,全部用 /logout all",
    number: (command) => `请写明编号:/${command} N,编号写在文件旁边`,
    history: "请写明条数:/history 50",
    search: "请写明要找什么:/search WORDS",
    theme: "请写 /theme dark、/theme light、/theme none 或 /theme auto",
    lang: "请写 /lang en 或 /lang zh",
    quiet: "请写 /quiet on、/quiet off 或时段:/quiet 22:00-08:00",
    order: (command, usage) => `请这样写:/${command} ${usage}`,
    nobody: (name) => `这里没有人叫 ${name};也可以写名字后面的编号。`,
    several: (name) => `有几个人叫 ${name};请写编号。`,
    invite: "请写明人数和天数:/invite 3 7",
    owner: "请写服务器显示的代码:/owner CODE",
    unknown: (name) => `没有 /${name} 这个命令;/help 列出所有命令。要把它说出来,请写 //${name}`,
  },
  commands: {
    help: "显示本帮助",
    who: "谁在这里,从什么时候起",
    image: "发送图片",
    file: "发送文件",
    save: "取下第 N 个文件并保存",
    open: "取下第 N 个文件并用相应程序打开",
    history: "显示以前说过的话",
    search: "查找说过的话",
    quiet: "提到你时不响铃:on、off 或时段",
    kick: "将某人请出一分钟",
    mute: "禁言某人一段时间(s、m、h、d、w),或直到解除",
    unmute: "解除禁言",
    ban: "封禁某人,或一个地址段",
    unban: "解封",
    delete: "彻底移除第 N 条消息;/last 显示编号",
    slow: "每人每隔多少秒才能发一条;0 关闭",
    readonly: "只让房主和管理员发言",
    role: "将某人设为 owner、moderator 或 member",
    last: "某人最近说的话,带编号",
    roles: "谁在管理,有哪些规则",
    audit: "管理记录",
    invite: "生成邀请码,可供若干人注册",
    owner: "用服务器显示的代码成为房主",
    theme: "颜色适合深色(dark)或浅色(light)背景,不用(none)或自动(auto)",
    lang: "en:英文,zh:中文",
    devices: "你在哪些设备上登录",
    password: "怎样更改密码",
    logout: "离开,并让本机忘记你;或退出设备 N,或全部设备",
    quit: "离开",
  },
  keys: {
    "scroll-up": "往前翻,鼠标滚轮也可以",
    "scroll-down": "往后翻",
    top: "到手头最早的消息",
    bottom: "到最新的消息",
    search: "查找",
    help: "本帮助",
    members: "显示或隐藏在线名单",
    redraw: "重画整个屏幕",
    cancel: "回到最新消息,退出帮助和查找",
  },
  editing: [
    ["enter", "发送"],
    ["alt-enter", "换行"],
    ["tab", "补全 /命令、@名字、路径和 :emoji:"],
    ["up, down", "以前写过的"],
    ["ctrl-r", "以前写过的、含有这些字的"],
    ["ctrl-left, ctrl-right", "按词移动"],
    ["ctrl-w, ctrl-u, ctrl-k", "剪掉一个词、到行首、到行尾"],
    ["ctrl-y", "放回剪掉的"],
    ["ctrl-_", "撤销"],
    ["ctrl-c", "清空"],
    ["ctrl-d", "离开"],
    ["shift + 鼠标", "由终端选择文字"],
  ],
  errors: {
    "not-allowed": "你没有这个权限。",
    "muted": "你已被禁言",
    "banned": "你已被封禁",
    "kicked": "你被请出了聊天室,请稍后再来",
    "read-only": "聊天室现在是只读的。",
    "slow-mode": "慢速模式:请稍等再发。",
    "last-owner": "这是最后一位房主,请先设另一位。",
    "nothing-to-do": "已经是这样了。",
    "account-unknown": "没有这个账号。",
    "post-unknown": "没有可以移除的这条消息。",
    "bad-range": "这不是地址段,或者太大,或者你自己在里面。",
    "registration-closed": "这里不开放注册。",
    "invite-required": "在这里注册需要邀请码。",
    "invite-invalid": "邀请码不对,已过期或已用完。",
    "owner-code-invalid": "代码不对,或者已经有房主了。",
    unavailable: "暂时连不上数据库;什么都没有丢,请稍后再试。",
    busy: "服务器现在太忙,请稍后再试。",
    "internal-error": "服务器出了错,已记录。",
    "wrong-credentials": "账号或密码不对。",
    "token-invalid": "本机的登录已失效,请用密码登录。",
    "account-taken": "这个账号已有人用,请换一个。",
    "text-empty": "消息是空的。",
    "text-too-long": "消息太长;请作为文件发送,或分几次发。",
    "bad-text": "消息不是有效的 Unicode。",
    "bad-search": "不能这样查找:空的、太长或不是有效的 Unicode。",
    "file-unknown": "没有这个文件。",
    "file-empty": "不能发送空文件。",
    "file-too-large": "文件超过服务器的上限。",
    "bad-file-name": "文件名不合法。",
    "not-an-image": "这不是 PNG、JPEG、GIF、WebP 或 BMP 图片;请作为文件发送。",
    "too-many-transfers": "传输太多了,请等一个结束。",
    "checksum-mismatch": "文件传输中损坏,请重发。",
    "disk-full": "服务器空间不足;已收到的部分会保留。",
  },
};
