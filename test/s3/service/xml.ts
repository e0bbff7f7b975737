/** An element with its text, or with those that it holds. */
export interface Element {
  readonly [name: string]: string | readonly Element[];
}

export function xml(element: Element): string {
  return Object.entries(element)
    .map(
      ([name, content]) =>
        `<${name}>${typeof content === 'string' ? escaped(content) : content.map(xml).join('')}</${name}>`,
    )
    .join('');
}

/** As `EncodingType=url` has it. */
export function encodedKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
