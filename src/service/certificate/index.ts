export {
  CertificateError,
  type CertificateFiles,
  ensureSelfSigned,
  readAuthority,
  readCertificate,
} from './certificate-files.ts';
export { type CertificateIdentity, identify } from './fingerprint.ts';
