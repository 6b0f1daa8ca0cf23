// The panel's colours, for light and dark pages. docs/widget.md lists the properties that a page may set; `--accent`,
// `--on-accent` and `--bolt` are in loader.js, for the launcher has them, too.
export const theme = `
.panel{--surface:light-dark(#fff,#17212a);--surface-subtle:light-dark(#f2f5f7,#0f171e);--text:light-dark(#16242f,#e9eff3);
--text-muted:light-dark(#51626f,#a3b3be);--border:light-dark(#d8e0e6,#34434f);--border-strong:#7b8a96;
--link:var(--kilat-link,light-dark(#0d4a70,#86c5ee));
--danger:light-dark(#b3221a,#ff9d92);--success:light-dark(#16794a,#5fd09a)}
`;
