// The console's icons, drawn like the widget's.
import { drawIcon, ICONS } from '/widget/icons.js';

const PATHS = {
  ...ICONS,
  bot: 'M5 9h14v10H5zM12 9V5M9 14h0M15 14h0M2 13v3M22 13v3',
  canned: 'M5 4h14v12H9l-4 4zM9 8h6M9 12h4',
  check: 'm5 13 4 4L19 7',
  file: 'M7 3h7l4 4v14H7zM14 3v4h4',
  late: 'M12 4 2 20h20zM12 10v4M12 17h0',
  note: 'M5 4h14v11l-5 5H5zM14 20v-5h5M8 8h8M8 12h4',
  panel: 'M4 5h16v14H4zM15 5v14',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M13 5v4M7 15v4',
  take: 'M12 4v11m-5-5 5 5 5-5M5 20h14',
  ticket: 'M4 7h16v3a2 2 0 0 0 0 4v3H4v-3a2 2 0 0 0 0-4zM14 7v10',
  transfer: 'M4 8h14m-4-4 4 4-4 4M20 16H6m4-4-4 4 4 4',
};

export const icon = (name) => drawIcon(PATHS[name]);
