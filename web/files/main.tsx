import { render } from 'preact';
import { language } from '../shared/words/index.ts';
import { App } from './app.tsx';

document.documentElement.lang = language;
render(<App />, document.body);
