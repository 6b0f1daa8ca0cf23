// How the panel looks. The launcher's share, and the colours that a page may set, are in widget.js.
export const css = `
:host{--bg:var(--kilat-background,light-dark(#fff,#17212a));--deep:light-dark(#f3f6f8,#0f171e);
--text:var(--kilat-text,light-dark(#16242f,#e9eff3));--muted:light-dark(#51626f,#a3b3be);--line:light-dark(#d8e0e6,#31404c);
--edge:light-dark(#7b8a96,#7d8f9c);--link:var(--kilat-link,light-dark(#0d4a70,#86c5ee));
--bad:light-dark(#b3221a,#ff9d92);--warn:light-dark(#fff3d6,#3a2f12);--r:var(--kilat-radius,16px)}
*,::before{box-sizing:border-box}
.panel{position:fixed;inset:auto;inset-block-end:92px;inset-inline-end:20px;flex-direction:column;margin:0;padding:0;
width:400px;max-width:calc(100vw - 40px);height:min(680px,100dvh - 112px);max-height:none;overflow:hidden;
border:1px solid var(--line);border-radius:var(--r);background:var(--bg);color:var(--text);
box-shadow:0 12px 48px #0b1c2a40;animation:rise .18s ease-out}
.panel[open]{display:flex}
:host([data-position=left]) .panel{inset-inline:auto;left:20px}
:host([data-position=right]) .panel{inset-inline:auto;right:20px}
.panel:modal{inset:0;width:100%;max-width:none;height:var(--room,100dvh);border:0;border-radius:0}
::backdrop{background:var(--bg)}
h2,h3,p,ul,dl,dd,fieldset{margin:0;padding:0;border:0}
ul{list-style:none}
button,input,textarea,select{font:inherit;color:inherit;margin:0}
button,.person a,.notice a,.menu a{display:inline-flex;align-items:center;gap:6px;padding:7px 12px;min-height:36px;
border:1px solid var(--line);border-radius:10px;background:var(--bg);color:var(--link);text-align:start;
text-decoration:none;cursor:pointer}
button:hover,.person a:hover,.menu a:hover{background:var(--deep)}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.thread:focus-visible{outline-offset:-3px}
a{color:var(--link);text-underline-offset:2px}
.icon{flex:none;width:20px;height:20px;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;
stroke-linejoin:round}
.sign{justify-content:center;padding:0;width:44px;height:44px;border-color:transparent;background:none;color:inherit}
.sign:disabled{opacity:.4;cursor:default}
.quiet{border-color:transparent;background:none;text-decoration:underline;text-underline-offset:2px}
.quiet .icon{width:16px;height:16px}
.main{justify-content:center;min-height:44px;padding:8px 18px;border-color:transparent;background:var(--accent);
color:var(--on-accent);font-weight:600}
.main:hover{background:var(--accent);filter:brightness(1.12)}
.main[aria-disabled=true]{opacity:.65;cursor:progress}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
header{display:flex;align-items:center;gap:10px;padding:10px 8px 10px 14px;padding-inline:14px 8px;
background:var(--accent);color:var(--on-accent)}
header .sign:hover{background:#fff2}
header :focus-visible{outline-color:currentColor;outline-offset:-3px}
.mark{display:grid;place-items:center;width:38px;height:38px;border-radius:12px;background:#0003;color:var(--bolt)}
.mark svg{width:24px;height:24px}
.name{flex:1;min-width:0}
h2{font-size:16px;line-height:1.25}
.status{font-size:13px;line-height:1.3}
.menu{position:absolute;z-index:2;inset-block-start:58px;inset-inline-end:8px;display:grid;width:min(280px,calc(100% - 16px));
max-height:calc(100% - 70px);overflow:auto;padding:6px;border:1px solid var(--line);border-radius:14px;background:var(--bg);
box-shadow:0 8px 30px #0b1c2a40}
.menu>*{min-height:44px!important;padding:8px 12px;border:0}
.menu>button,.menu>a{color:var(--text)}
.langs{display:flex;gap:6px}
.langs button[aria-pressed=true]{border-color:var(--link);background:var(--deep);font-weight:600}
.notice{display:flex;flex-wrap:wrap;align-items:center;gap:6px;padding:8px 14px;border-block-end:1px solid var(--line);
background:var(--deep);font-size:14px}
.notice p{flex:1 1 200px}
.notice.warn{background:var(--warn)}
.middle{position:relative;flex:1;min-height:0;background:var(--deep)}
.thread{height:100%;overflow:auto;overscroll-behavior:contain}
.inner{display:flex;flex-direction:column;position:relative;padding:14px}
.held .inner{visibility:hidden}
.earlier{align-self:center}
.day{margin:10px 0 14px;text-align:center;font-size:13px;color:var(--muted)}
.entry{position:relative;margin-block-start:14px;max-width:88%;width:fit-content}
.day+.entry{margin-block-start:0}
.near{margin-block-start:4px}
.near .who{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.rich{max-width:100%;width:auto}
.who{margin:0 2px 3px;font-size:12.5px;color:var(--muted)}
.who b{color:var(--text);font-weight:600}
.agent .who b::before{content:'';display:inline-block;width:8px;height:8px;margin-inline-end:6px;border-radius:50%;
background:light-dark(#16794a,#5fd09a)}
.bubble{display:grid;gap:8px;padding:9px 13px;border:1px solid var(--line);border-radius:4px 14px 14px 14px;
background:var(--bg);overflow-wrap:anywhere}
[dir=rtl] .bubble{border-radius:14px 4px 14px 14px}
.prose{white-space:pre-wrap;overflow-wrap:anywhere}
.visitor{margin-inline-start:auto}
.visitor .who,.visitor .foot{text-align:end}
.visitor .bubble{border-color:transparent;border-radius:14px 14px 4px 14px;background:var(--accent);color:var(--on-accent)}
.visitor .bubble a{color:inherit}
.agent .bubble{border-color:light-dark(#16794a,#5fd09a)}
.event{display:flex;flex-wrap:wrap;justify-content:center;gap:0 8px;max-width:100%;width:auto;text-align:center;
font-size:13px;color:var(--muted)}
.foot{display:block;margin:2px 0 0 auto;padding:2px;border:0;background:none;font-size:13px;color:var(--muted)}
.failed{min-height:28px;color:var(--bad);text-decoration:underline}
p.foot{display:flex;align-items:center;justify-content:flex-end}
.quick{display:flex;flex-wrap:wrap;gap:8px;margin-block-start:12px}
.quick:empty,.unsent:empty{display:none}
.quick button,.pill{border-color:var(--link);border-radius:20px;padding-inline:14px}
.typing{display:flex;gap:4px;width:fit-content;margin-block-start:12px;padding:13px 14px;border:1px solid var(--line);
border-radius:4px 14px 14px 14px;background:var(--bg)}
.typing i{width:7px;height:7px;border-radius:50%;background:var(--muted);animation:dot 1.2s infinite alternate}
.typing i:nth-child(2){animation-delay:.3s}
.typing i:nth-child(3){animation-delay:.6s}
.chip{position:absolute;inset-block-end:10px;inset-inline-start:50%;translate:-50%;border-radius:20px;
box-shadow:0 2px 10px #0b1c2a33;white-space:nowrap}
.person{display:flex;flex-wrap:wrap;align-items:center;gap:4px 8px;padding:8px 12px 0;font-size:14px}
.person p{flex:1}
.person .icon{width:18px;height:18px}
.composer{display:grid;grid-template-columns:auto 1fr auto;align-items:end;gap:4px;margin:8px 12px 12px;
border:1px solid var(--edge);border-radius:14px;background:var(--bg)}
.composer:focus-within{outline:2px solid var(--link);outline-offset:-1px}
.composer textarea{min-height:44px;max-height:132px;padding:10px 0;border:0;background:none;outline:0;resize:none}
.composer .go{color:var(--link)}
.count{grid-column:1/-1;padding:0 12px 6px;font-size:13px;color:var(--muted)}
.count:empty,.fault:empty{display:none}
::placeholder{color:var(--muted);opacity:1}
h3{font-size:15px}
.numbers{display:grid;gap:4px}
.number{display:flex;flex-wrap:wrap;align-items:center;gap:2px 8px}
.number a{display:inline-flex;align-items:center;gap:6px;min-height:32px;font-size:17px;font-weight:600}
.extension{padding:1px 8px;border-radius:8px;background:var(--deep);font-size:14px}
.prepare{padding:8px 10px;border-inline-start:3px solid var(--bolt);border-radius:4px;background:var(--deep);font-size:14px}
.source{font-size:13px;color:var(--muted)}
.wide{overflow:auto;border:1px solid var(--line);border-radius:10px}
table{border-collapse:separate;border-spacing:0;min-width:100%;font-size:13.5px;line-height:1.4}
caption{padding:8px 10px;font-weight:600;text-align:start}
th,td{padding:7px 10px;border-block-start:1px solid var(--line);text-align:start;vertical-align:top;overflow-wrap:normal;
min-width:96px}
th{font-weight:600}
thead th{background:var(--deep)}
th:first-child{position:sticky;inset-inline-start:0;background:var(--bg);border-inline-end:1px solid var(--line)}
thead th:first-child{background:var(--deep)}
.none{color:var(--muted)}
.links{display:grid;gap:6px}
.door{display:flex;align-items:center;justify-content:space-between;gap:8px;min-height:44px;padding:6px 12px;
border:1px solid var(--line);border-radius:10px;text-decoration:none;font-weight:600}
.door:hover{background:var(--deep)}
.facts{display:grid;gap:6px}
.facts div{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 8px}
dt{font-size:13px;color:var(--muted)}
dt::after{content:':'}
.place{display:grid;justify-items:start;gap:4px}
.place .quiet{padding-inline:0}
form{display:grid;gap:10px}
.field{display:grid;gap:3px}
label,legend{font-size:14px;font-weight:600;padding:0}
.field input,.field textarea,.field select,.ended textarea{width:100%;min-height:44px;padding:8px 10px;
border:1px solid var(--edge);border-radius:10px;background:var(--bg);resize:vertical}
[aria-invalid=true]{border-color:var(--bad)!important}
.fault{font-size:13.5px;color:var(--bad)}
.file{display:inline-flex;flex-wrap:wrap;min-height:44px;border-color:#8886;background:none;color:inherit;text-align:start}
.file span{display:grid}
.file img{flex-basis:100%;max-width:220px;max-height:180px;object-fit:contain;border-radius:8px}
progress{width:180px;accent-color:var(--bolt)}
.ended{display:grid;gap:12px;padding:14px;border-block-start:1px solid var(--line);max-height:70%;overflow:auto}
.row{display:flex;flex-wrap:wrap;gap:8px}
.ended .stars{display:flex}
.star{position:relative;display:grid;place-items:center;width:44px;height:44px;font-size:30px;line-height:1;color:var(--edge)}
.star input{position:absolute;inset:0;opacity:0;cursor:pointer}
.star.lit{color:light-dark(#b36a00,#ffc640)}
.star:has(:focus-visible){outline:2px solid var(--link);border-radius:8px}
[hidden]{display:none!important}
@keyframes rise{from{opacity:0;translate:0 12px}}
@keyframes dot{to{opacity:.25}}
@media (forced-colors:active){.bubble,.main,.pill{border:1px solid}.star.lit{color:Highlight}}`;
