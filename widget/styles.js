// How the panel looks. The launcher's share is in loader.js; what a page may set is in docs/widget.md.
export const panelStyles = `
.panel{--bg:light-dark(#fff,#17212a);--deep:light-dark(#f2f5f7,#0f171e);--text:light-dark(#16242f,#e9eff3);
--muted:light-dark(#51626f,#a3b3be);--line:light-dark(#d8e0e6,#34434f);--edge:#7b8a96;
--link:var(--kilat-link,light-dark(#0d4a70,#86c5ee));
--bad:light-dark(#b3221a,#ff9d92);--good:light-dark(#16794a,#5fd09a)}
*{box-sizing:border-box}
.panel{position:fixed;inset:auto;inset-block-end:92px;inset-inline-end:20px;flex-direction:column;padding:0;
width:400px;max-width:calc(100% - 40px);height:min(680px,100% - 112px);overflow:auto;scroll-padding-bottom:70px;
border:1px solid var(--line);
border-radius:var(--kilat-radius,16px);background:var(--bg);color:var(--text);box-shadow:0 8px 40px #0004;
animation:rise .2s}
.panel[open]{display:flex}
:host([data-position=left]) .panel{inset-inline:20px auto}
:host([data-position=right]) .panel{inset-inline:auto 20px}
.panel:modal :is(input,textarea,select){font-size:16px}
.panel:modal{inset:var(--top,0) 0 auto;width:auto;margin:0;max-width:none;height:var(--room,100%);
max-height:none;border:0;border-radius:0}
h2,h3,p,ul,fieldset{margin:0;padding:0;border:0;font-size:inherit;overflow-wrap:anywhere;list-style:none}
button,input,textarea,select{font:inherit;color:inherit}
button,.b{display:inline-flex;align-items:center;gap:6px;padding:6px 12px;min-height:36px;
border:1px solid var(--link);border-radius:20px;background:var(--bg);color:var(--link);text-align:start;
text-decoration:none;cursor:pointer}
:where(.panel) button:hover,.door:hover{background:var(--deep)}
a{color:var(--link)}
:focus-visible{outline:2px solid var(--link);outline-offset:1px}
.thread:focus-visible,header :focus-visible,.visitor :focus-visible{outline-color:currentColor;outline-offset:-3px}
.icon{width:20px;flex:none;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.sign{justify-content:center;padding:0;width:44px;height:44px}
.sign,.quiet{border-color:#0000!important;background:none!important}
.quiet{padding-inline:4px;text-decoration:underline}
.sign:disabled{opacity:.4}
.main{justify-content:center;min-height:44px;background:var(--accent);color:var(--on-accent);font-weight:600}
.main:hover{background:var(--accent);filter:brightness(1.15)}
.unseen,.near .who{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.row{display:flex;flex-wrap:wrap;align-items:center;gap:6px 8px}
header{display:flex;align-items:center;gap:4px;padding:8px;padding-inline-start:12px;background:var(--accent);
color:var(--on-accent)}
header .sign{color:inherit}
header .icon{width:24px}
.name{flex:1;padding-inline-start:6px;line-height:1.3}
.status,.source,.day,.event,.who,.foot,small{font-size:13px;color:var(--muted)}
header .status{color:inherit}
.menu{position:absolute;z-index:2;inset-block-start:58px;inset-inline-end:8px;display:grid;min-width:240px;
max-height:80%;overflow:auto;padding:6px;border:1px solid var(--edge);border-radius:12px;background:var(--bg)}
.menu>*{min-height:44px;padding:8px 12px;border:0;border-radius:8px}
[aria-pressed=false]{border-color:#0000}
.notice{padding:8px 14px;background:light-dark(#fff1cf,#3a2f12)}
.notice p{flex:1 1 200px}
.notice p,.about,.fault{unicode-bidi:plaintext}
.middle{position:relative;flex:1;min-height:96px;background:var(--deep)}
.thread{height:100%;overflow:auto;overscroll-behavior:contain}
.inner{position:relative;padding:14px}
.held .inner{visibility:hidden}
.earlier{margin:0 auto 8px;display:flex}
.day{margin-top:14px}
.day,.event{text-align:center}
.entry{margin-top:14px;width:fit-content;max-width:88%}
.rich{max-width:none;width:auto}
.near{margin-top:4px}
.who b{color:var(--text)}
.bubble{display:grid;gap:8px;padding:8px 12px;border:1px solid var(--line);border-radius:4px 14px 14px;
background:var(--bg)}
.prose{white-space:pre-wrap}
.down{justify-self:end;width:32px;height:28px;min-height:0;margin:-8px -8px -4px;color:var(--muted)}
.down[aria-pressed=true]{color:var(--bad)}
[aria-pressed=true] path{fill:currentColor}
.visitor{margin-inline:auto 0}
.visitor .who,.foot{text-align:end}
.visitor .bubble{border-color:#0000;border-radius:14px 14px 4px;background:var(--accent);color:var(--on-accent)}
.visitor a{color:inherit}
.agent .bubble{border-inline-start:4px solid var(--good)}
.agent b{color:var(--good)}
.event{margin:14px auto;max-width:none}
.foot.quiet{display:block;margin-inline-start:auto;color:var(--bad)}
.quick,.typing{margin-top:14px}
.typing i{width:8px;height:8px;border-radius:50%;background:var(--muted);animation:dot .6s infinite alternate}
i+i{animation-delay:.3s}
.chip{position:absolute;inset:auto 0 10px;width:max-content;margin:auto}
.about{padding:8px 14px 0}
.about a{display:inline-block;padding-block:3px}
.person{padding:8px 12px 0;font-size:13px}
.sign[type=submit]:dir(rtl){scale:-1}
.composer{position:sticky;bottom:0;display:flex;flex-wrap:wrap;align-items:end;margin:8px 12px 12px;
border:1px solid var(--edge);border-radius:14px;background:var(--bg)}
.composer:focus-within{outline:2px solid var(--link)}
.composer textarea{flex:1;min-width:0;min-height:44px;max-height:130px;padding:10px 0;border:0;background:none;
outline:0;resize:none}

.waiting:empty{display:none}
.waiting{flex-basis:100%;padding:8px 8px 0}
.waiting img{max-width:64px;max-height:48px}
::placeholder{color:var(--muted)}
.tel{display:flex;gap:6px;padding-block:4px;font-size:17px;font-weight:600}
.prepare{padding:6px 10px;border-inline-start:3px solid var(--bolt);background:var(--deep)}
.wide{overflow:auto;border:1px solid var(--line);border-radius:8px}
table{border-spacing:0;font-size:13px}
caption{padding:8px;font-weight:600;text-align:start}
th,td{padding:6px 8px;border-top:1px solid var(--line);text-align:start;vertical-align:top;min-width:70px}
th:first-child{position:sticky;inset-inline-start:0;background:var(--bg)}
.door{display:flex;justify-content:space-between;margin-top:6px;padding:10px 12px;border:1px solid var(--edge);
border-radius:8px;font-weight:600;text-decoration:none}
form{display:grid;gap:4px}
label,legend{padding:6px 0 0;font-weight:600}
.bubble :is(input,textarea,select),.ended textarea{width:100%;min-height:44px;padding:8px 10px;
border:1px solid var(--edge);border-radius:8px;background:var(--bg)}
[aria-invalid=true]{border-color:var(--bad)!important}
.fault{color:var(--bad)}
.fault:empty,.quick:empty{display:none}
.file{display:grid;gap:0;padding:4px;border:0;border-radius:6px;background:none!important;color:inherit}
.file small{color:inherit}
.file img{max-width:220px;max-height:180px}
progress{width:100%}
.ended{display:grid;gap:10px;padding:12px;max-height:70%;overflow:auto}
.stars label{position:relative;padding:0 8px;font-size:30px;color:var(--edge)}
.stars label::before{content:'★';content:'★'/''}
.stars input{position:absolute;inset:0;opacity:0}
.stars label:has(~label :checked),.stars :has(:checked){color:light-dark(#a86200,#ffc640)}
.stars :has(:focus-visible){outline:2px solid var(--link)}
[hidden]{display:none!important}
@keyframes rise{from{opacity:0;translate:0 12px}}
@keyframes dot{to{opacity:.2}}
@media (prefers-reduced-motion){*{animation:none!important}}`;
