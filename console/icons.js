// Signs of the console, drawn like those of the widget.

const PATHS = {
  attach: 'm20 11-8 8a5 5 0 0 1-7-7l8-8a3 3 0 0 1 5 5l-8 8a2 2 0 0 1-3-3l7-7',
  bell: 'M6 10a6 6 0 0 1 12 0c0 5 2 6 2 6H4s2-1 2-6m4 10h4',
  bot: 'M5 9h14v10H5zM12 9V5M9 14h0M15 14h0M2 13v3M22 13v3',
  canned: 'M5 4h14v12H9l-4 4zM9 8h6M9 12h4',
  check: 'm5 13 4 4L19 7',
  close: 'm6 6 12 12M18 6 6 18',
  file: 'M7 3h7l4 4v14H7zM14 3v4h4',
  help: 'M9 9a3 3 0 1 1 4 3c-1 .5-1 1-1 2M12 18h0',
  late: 'M12 4 2 20h20zM12 10v4M12 17h0',
  note: 'M5 4h14v11l-5 5H5zM14 20v-5h5M8 8h8M8 12h4',
  panel: 'M4 5h16v14H4zM15 5v14',
  send: 'M5 12h14m-6-6 6 6-6 6',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M13 5v4M7 15v4',
  take: 'M12 4v11m-5-5 5 5 5-5M5 20h14',
  ticket: 'M4 7h16v3a2 2 0 0 0 0 4v3H4v-3a2 2 0 0 0 0-4zM14 7v10',
  transfer: 'M4 8h14m-4-4 4 4-4 4M20 16H6m4-4-4 4 4 4',
};
const SVG = 'http://www.w3.org/2000/svg';

export const icon = (name) => {
  const drawn = document.createElementNS(SVG, 'svg');
  for (const [key, value] of Object.entries({ viewBox: '0 0 24 24', 'aria-hidden': 'true', class: 'icon' })) {
    drawn.setAttribute(key, value);
  }
  const path = drawn.appendChild(document.createElementNS(SVG, 'path'));
  path.setAttribute('d', PATHS[name]);
  return drawn;
};
