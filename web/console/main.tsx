import { render } from 'preact';
import { App } from './app.tsx';
import { language } from './words/index.ts';

document.documentElement.lang = language;
render(<App />, document.body);
