// When a lost connection is opened again. The widget and the console use it.

// Milliseconds until the next try: twice as long after each failure, at most `longest`, and random, so that clients do
// not come back all at once.
export const retryDelay = (failures, longest) => Math.min(longest, 500 * 2 ** failures) * (0.5 + Math.random() / 2);

// Tells `connection` when the network comes or goes, or the page is shown again. Returns a function that stops this.
// `connection` has `online`, `waiting` (for the next try), and the methods lost(), connect() and ping().
export const watchNetwork = (connection) => {
  const check = () => {
    if (navigator.onLine === false) connection.lost();
    else if (connection.waiting) connection.connect();
    else if (connection.online && !document.hidden) connection.ping();
  };
  const listen = (method) => {
    for (const event of ['online', 'offline', 'pageshow']) window[method](event, check);
    document[method]('visibilitychange', check);
  };
  listen('addEventListener');
  return () => listen('removeEventListener');
};
