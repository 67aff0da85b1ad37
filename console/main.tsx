import { render } from 'preact';
import { Client } from './api/client';
import { App } from './app';
import { Activity } from './poll/activity';

// The page is beside the paths of the API, which may begin with more than a slash under a custom domain.
const base = location.pathname.replace(/\/console\/?$/, '').replace(/\/$/, '');
const region = document.querySelector('meta[name=region]')?.getAttribute('content') ?? '';

const root = document.getElementById('app')!;
root.textContent = '';
render(<App client={new Client(location.origin, base, region)} activity={new Activity(document)} />, root);
