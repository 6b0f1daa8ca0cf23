// The inspector's page: follows the conversation, and puts the widget, the turns and the controls together.
import { choices, follow, post } from './api.js';
import { Controls } from './controls.js';
import { find } from './dom.js';
import { showWidget, widgetKey } from './widget.js';

const JOIN_PAUSE = 500; // ms until the widget has stored the key of a conversation that it began
const controls = new Controls();
let begun;

const show = (news, isOther) => {
  controls.show(news, isOther);
  if (news.begun !== begun) {
    begun = news.begun;
    showWidget(news);
  } else if (!news.joined) {
    setTimeout(() => post('join', { key: widgetKey() }), JOIN_PAUSE);
  }
};

controls.offer(await choices());
find('empty').hidden = false;
follow(show, () => controls.lost());
