import { createSHA256 } from 'hash-wasm';

/*
 * SHA-256 of a file that is sent here, beside the thread that draws. It answers with 64 hexadecimal digits, or undefined where the
 * file can't be read (any more).
 */
addEventListener('message', ({ data }: MessageEvent<File>) => {
  hashOf(data).then(
    (hash) => postMessage(hash),
    () => postMessage(undefined),
  );
});

async function hashOf(file: File): Promise<string> {
  const hash = await createSHA256();
  const reader = file.stream().getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) hash.update(part.value);
  return hash.digest('hex');
}
