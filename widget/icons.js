// The widget's icons. The console adds its own (`console/icons.js`).

// Name -> path data of a 24 × 24 icon, drawn with strokes.
export const ICONS = {
  agent: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7 8c0-4 3-6 7-6s7 2 7 6',
  attach: 'm20 11-8 8a5 5 0 0 1-7-7l8-8a3 3 0 0 1 5 5l-8 8a2 2 0 0 1-3-3l7-7',
  close: 'm6 6 12 12M18 6 6 18',
  down: 'M10 15v4a3 3 0 0 0 3 3l4-9V2H6a2 2 0 0 0-2 2l-2 9a2 2 0 0 0 2 2Zm7-13h5v11h-5',
  menu: 'M4 12h1M12 12h1M19 12h1',
  phone: 'M5 4h4l2 5-2 1a11 11 0 0 0 5 5l1-2 5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 6a2 2 0 0 1 2-2',
  send: 'M5 12h14m-6-6 6 6-6 6',
};

// An SVG element that shows `path`; hidden from screen readers.
export const drawIcon = (path) => {
  const create = (tag, attributes) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const name in attributes) element.setAttribute(name, attributes[name]);
    return element;
  };
  const svg = create('svg', { viewBox: '0 0 24 24', 'aria-hidden': true, class: 'icon' });
  svg.append(create('path', { d: path }));
  return svg;
};
