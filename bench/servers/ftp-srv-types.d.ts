/** What the benchmark uses of ftp-srv, whose own types are there only where `npm run bench` has installed it. */
declare module 'ftp-srv' {
  export class FtpSrv {
    constructor(options: {
      readonly url: string;
      readonly pasv_url: string;
      readonly pasv_min: number;
      readonly pasv_max: number;
      readonly tls: { readonly cert: Buffer; readonly key: Buffer };
    });
    on(
      event: 'login',
      decide: (
        given: { readonly username: string; readonly password: string },
        resolve: (account: { readonly root: string }) => void,
        reject: (error: Error) => void,
      ) => void,
    ): void;
    listen(): Promise<void>;
  }
}
