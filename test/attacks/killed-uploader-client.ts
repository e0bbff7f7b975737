/** Sends a part of a file in the clear, says so, and waits to be killed. */
import { RawClient } from '../../src/testing/raw-client.ts';

const [port, name = ''] = process.argv.slice(2);
const client = await RawClient.connect({ port: Number(port) });
await client.expect(220);
await client.expect(331, 'USER alice');
await client.expect(230, 'PASS wonderland');
await client.expect(200, 'TYPE I');
const data = await client.data(await client.passive(), 'clear');
await client.expect(150, `STOR ${name}`);
await data.write(Buffer.alloc(50_000, 'the first half, '));
process.stdout.write('sent\n');
