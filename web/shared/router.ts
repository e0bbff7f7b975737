import { useEffect, useState } from 'preact/hooks';

/** Where the page is: what stands behind the `#`, in parts. No server and no other site sees it. */
export type Place = readonly string[];

export function usePlace(): Place {
  const [place, setPlace] = useState(placeNow);
  useEffect(() => {
    const changed = () => setPlace(placeNow());
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return place;
}

export function linkTo(...place: Place): string {
  return `#/${place.map(encodeURIComponent).join('/')}`;
}

/** Also takes what stood there out of the history. */
export function replaceWith(...place: Place): void {
  location.replace(linkTo(...place));
}

function placeNow(): Place {
  const parts = location.hash.replace(/^#\/?/, '').split('/');
  return parts.filter((each) => each !== '').map(decoded);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
