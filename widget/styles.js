// The panel's style sheet. The colours are in theme.js, the launcher's styles in loader.js.
import { theme } from './theme.js';

export const panelStyles = `
${theme}*{box-sizing:border-box}
.panel{position:fixed;inset:auto;inset-block-end:92px;inset-inline-end:20px;flex-direction:column;padding:0;
width:400px;max-width:calc(100% - 40px);height:min(680px,100% - 112px);overflow:auto;scroll-padding-bottom:70px;
border:1px solid var(--border);
border-radius:var(--kilat-radius,16px);background:var(--surface);color:var(--text);box-shadow:0 8px 40px #0004;
animation:rise .2s}
.panel[open]{display:flex}
:host([data-position=left]) .panel{inset-inline:20px auto}
:host([data-position=right]) .panel{inset-inline:auto 20px}
.panel:modal :is(input,textarea,select){font-size:16px}
.panel:modal{inset:var(--viewport-top,0) 0 auto;width:auto;margin:0;max-width:none;height:var(--viewport-height,100%);
max-height:none;border:0;border-radius:0}
h2,h3,p,ul,fieldset{margin:0;padding:0;border:0;font-size:inherit;overflow-wrap:anywhere;list-style:none}
button,input,textarea,select{font:inherit;color:inherit}
button,.button{display:inline-flex;align-items:center;gap:6px;padding:6px 12px;min-height:36px;
border:1px solid var(--link);border-radius:20px;background:var(--surface);color:var(--link);text-align:start;
text-decoration:none;cursor:pointer}
:where(.panel) button:hover,.card-link:hover{background:var(--surface-subtle)}
a{color:var(--link)}
:focus-visible{outline:2px solid var(--link);outline-offset:1px}
.thread:focus-visible,header :focus-visible,.visitor :focus-visible{outline-color:currentColor;outline-offset:-3px}
.icon{width:20px;flex:none;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.icon-button{justify-content:center;padding:0;width:44px;height:44px}
.icon-button,.quiet{border-color:#0000!important;background:none!important}
.quiet{padding-inline:4px;text-decoration:underline}
.icon-button:disabled{opacity:.4}
.primary{justify-content:center;min-height:44px;background:var(--accent);color:var(--on-accent);font-weight:600}
.primary:hover{background:var(--accent);filter:brightness(1.15)}
.sr-only,.grouped .byline{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.row{display:flex;flex-wrap:wrap;align-items:center;gap:6px 8px}
header{display:flex;align-items:center;gap:4px;padding:8px;padding-inline-start:12px;background:var(--accent);
color:var(--on-accent)}
header .icon-button{color:inherit}
header .icon{width:24px}
.name{flex:1;padding-inline-start:6px;line-height:1.3}
.status,.source,.day,.event,.byline,.footnote,small{font-size:13px;color:var(--text-muted)}
header .status{color:inherit}
.menu{position:absolute;z-index:2;inset-block-start:58px;inset-inline-end:8px;display:grid;min-width:240px;
max-height:80%;overflow:auto;padding:6px;border:1px solid var(--border-strong);border-radius:12px;background:var(--surface)}
.menu>*{min-height:44px;padding:8px 12px;border:0;border-radius:8px}
[aria-pressed=false]{border-color:#0000}
.banner{padding:8px 14px;background:light-dark(#fff1cf,#3a2f12)}
.banner p{flex:1 1 200px}
.banner p,.privacy-notice,.field-error{unicode-bidi:plaintext}
.scroller{position:relative;flex:1;min-height:96px;background:var(--surface-subtle)}
.thread{height:100%;overflow:auto;overscroll-behavior:contain}
.inner{position:relative;padding:14px}
.identifying .inner{visibility:hidden}
.earlier{margin:0 auto 8px;display:flex}
.day{margin-top:14px}
.day,.event{text-align:center}
.entry{margin-top:14px;width:fit-content;max-width:88%}
.full-width{max-width:none;width:auto}
.grouped{margin-top:4px}
.byline b{color:var(--text)}
.bubble{display:grid;gap:8px;padding:8px 12px;border:1px solid var(--border);border-radius:4px 14px 14px;
background:var(--surface)}
.linked-text{white-space:pre-wrap}
.unhelpful{justify-self:end;width:32px;height:28px;min-height:0;margin:-8px -8px -4px;color:var(--text-muted)}
.unhelpful[aria-pressed=true]{color:var(--danger)}
[aria-pressed=true] path{fill:currentColor}
.visitor{margin-inline:auto 0}
.visitor .byline,.footnote{text-align:end}
.visitor .bubble{border-color:#0000;border-radius:14px 14px 4px;background:var(--accent);color:var(--on-accent)}
.visitor a{color:inherit}
.agent .bubble{border-inline-start:4px solid var(--success)}
.agent b{color:var(--success)}
.event{margin:14px auto;max-width:none}
.footnote.quiet{display:block;margin-inline-start:auto;color:var(--danger)}
.quick-replies,.typing{margin-top:14px}
.typing i{width:8px;height:8px;border-radius:50%;background:var(--text-muted);animation:dot .6s infinite alternate}
i+i{animation-delay:.3s}
.newer{position:absolute;inset:auto 0 10px;width:max-content;margin:auto}
.privacy-notice{padding:8px 14px 0}
.privacy-notice a{display:inline-block;padding-block:3px}
.contact{padding:8px 12px 0;font-size:13px}
.icon-button[type=submit]:dir(rtl){scale:-1}
.composer{position:sticky;bottom:0;display:flex;flex-wrap:wrap;align-items:end;margin:8px 12px 12px;
border:1px solid var(--border-strong);border-radius:14px;background:var(--surface)}
.composer:focus-within{outline:2px solid var(--link)}
.composer textarea{flex:1;min-width:0;min-height:44px;max-height:130px;padding:10px 0;border:0;background:none;
outline:0;resize:none}

.pending-files:empty{display:none}
.pending-files{flex-basis:100%;padding:8px 8px 0}
.pending-files img{max-width:64px;max-height:48px}
::placeholder{color:var(--text-muted)}
.tel{display:flex;gap:6px;padding-block:4px;font-size:17px;font-weight:600}
.prepare{padding:6px 10px;border-inline-start:3px solid var(--bolt);background:var(--surface-subtle)}
.wide{overflow:auto;border:1px solid var(--border);border-radius:8px}
table{border-spacing:0;font-size:13px}
caption{padding:8px;font-weight:600;text-align:start}
th,td{padding:6px 8px;border-top:1px solid var(--border);text-align:start;vertical-align:top;min-width:70px}
th:first-child{position:sticky;inset-inline-start:0;background:var(--surface)}
.card-link{display:flex;justify-content:space-between;margin-top:6px;padding:10px 12px;border:1px solid var(--border-strong);
border-radius:8px;font-weight:600;text-decoration:none}
form{display:grid;gap:4px}
label,legend{padding:6px 0 0;font-weight:600}
.bubble :is(input,textarea,select),.rating textarea{width:100%;min-height:44px;padding:8px 10px;
border:1px solid var(--border-strong);border-radius:8px;background:var(--surface)}
[aria-invalid=true]{border-color:var(--danger)!important}
.field-error{color:var(--danger)}
.field-error:empty,.quick-replies:empty{display:none}
.file{display:grid;gap:0;padding:4px;border:0;border-radius:6px;background:none!important;color:inherit}
.file small{color:inherit}
.file img{max-width:220px;max-height:180px}
progress{width:100%}
.rating{display:grid;gap:10px;padding:12px;max-height:70%;overflow:auto}
.stars label{position:relative;padding:0 8px;font-size:30px;color:var(--border-strong)}
.stars label::before{content:'★';content:'★'/''}
.stars input{position:absolute;inset:0;opacity:0}
.stars label:has(~label :checked),.stars :has(:checked){color:light-dark(#a86200,#ffc640)}
.stars :has(:focus-visible){outline:2px solid var(--link)}
[hidden]{display:none!important}
@keyframes rise{from{opacity:0;translate:0 12px}}
@keyframes dot{to{opacity:.2}}
@media (prefers-reduced-motion){*{animation:none!important}}`;
