export {
  CertificateError,
  type CertificateFiles,
  ensureSelfSigned,
  readAuthority,
  readCertificate,
  selfSignedFiles,
} from './certificate-files.ts';
export { type CertificateIdentity, identify } from './fingerprint.ts';
