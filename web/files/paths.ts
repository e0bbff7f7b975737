/** Paths of files as the API has them: `/in/report.csv`. */
export function pathOf(names: readonly string[]): string {
  return `/${names.join('/')}`;
}

export function childOf(directory: string, name: string): string {
  return directory === '/' ? `/${name}` : `${directory}/${name}`;
}

export function namesIn(path: string): readonly string[] {
  return path.split('/').filter((each) => each !== '');
}

export function parentOf(path: string): string {
  return pathOf(namesIn(path).slice(0, -1));
}

export function contentUrl(path: string, isPreview = false): string {
  return `/api/v1/content?${new URLSearchParams({ path, ...(isPreview && { as: 'preview' }) })}`;
}
