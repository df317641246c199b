// The stream of changes. The browser connects again by itself and says what it has seen.
import { byId } from './format.js';

const WORDS = { connecting: 'Connecting', open: 'Live', closed: 'Connecting again' };

export function follow(onChange) {
  const source = new EventSource('/events');
  source.onopen = () => show('open');
  source.onerror = () => {
    show('closed');
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(() => follow(onChange), 2000);
    }
  };
  source.onmessage = (event) => onChange(event.data);
  // Else the browser reports an interrupted stream when the page is left.
  addEventListener('pagehide', () => source.close());
}

function show(state) {
  const connection = byId('connection');
  connection.dataset.state = state;
  connection.textContent = WORDS[state];
}
