import { ROUTES } from '../src/service/admin/routes/index.ts';

const BEGIN = '<!-- the routes: made by npm run docs -->';
const END = '<!-- the end of the routes -->';

/** The page of the API, with the table of its routes as the code has them. */
export function withRoutesTable(page: string): string {
  const [before = '', rest = ''] = page.split(BEGIN, 2);
  const [, after = ''] = rest.split(END, 2);
  const rows = ROUTES.map(
    ({ method, path, summary, role, reach }) =>
      `| \`${method} ${path}\` | ${summary} | ${role} | ${reach === 'groups' ? 'yes' : 'no'} |`,
  );
  const head = ['| route | what it does | for | limited to groups, too |', '|---|---|---|---|'];
  return `${before}${BEGIN}\n\n${[...head, ...rows].join('\n')}\n\n${END}${after}`;
}
