import type { VerbGroup } from './verb-group.ts';

/** Every verb of `lockport`, in the order of its help. */
export const VERBS: readonly VerbGroup[] = [
  {
    title: 'Files on a server',
    verbs: {
      ls: async () => (await import('./remote/ls.ts')).ls,
      get: async () => (await import('./remote/get.ts')).get,
      put: async () => (await import('./remote/put.ts')).put,
      sync: async () => (await import('./remote/sync.ts')).sync,
      cat: async () => (await import('./remote/cat.ts')).cat,
      rm: async () => (await import('./remote/rm.ts')).rm,
      mv: async () => (await import('./remote/mv.ts')).mv,
      mkdir: async () => (await import('./remote/mkdir.ts')).mkdir,
      rmdir: async () => (await import('./remote/rmdir.ts')).rmdir,
      chmod: async () => (await import('./remote/chmod.ts')).chmod,
      stat: async () => (await import('./remote/stat.ts')).stat,
      hash: async () => (await import('./remote/hash.ts')).hash,
      site: async () => (await import('./remote/site.ts')).site,
      password: async () => (await import('./remote/password.ts')).password,
      shell: async () => (await import('./remote/shell.ts')).shell,
      doctor: async () => (await import('./remote/doctor.ts')).doctor,
      bookmark: async () => (await import('./remote/bookmark.ts')).bookmark,
      'known-servers': async () => (await import('./remote/known-servers.ts')).knownServers,
    },
  },
  {
    title: 'The server of this machine',
    verbs: {
      serve: async () => (await import('./serve.ts')).serve,
      user: async () => (await import('./user/index.ts')).user,
      audit: async () => (await import('./audit/index.ts')).audit,
      admin: async () => (await import('./admin/index.ts')).admin,
      group: async () => (await import('./group/index.ts')).group,
      export: async () => (await import('./export.ts')).exportVerb,
      apply: async () => (await import('./apply.ts')).apply,
      import: async () => (await import('./import.ts')).importAccounts,
      cert: async () => (await import('./cert.ts')).cert,
      crypto: async () => (await import('./crypto.ts')).crypto,
      'host-key': async () => (await import('./host-key.ts')).hostKey,
      keys: async () => (await import('./keys.ts')).keys,
      storage: async () => (await import('./storage.ts')).storage,
      backup: async () => (await import('./backup.ts')).backup,
      restore: async () => (await import('./restore.ts')).restore,
      policy: async () => (await import('./policy.ts')).policy,
      upgrade: async () => (await import('./upgrade.ts')).upgrade,
      config: async () => (await import('./config.ts')).config,
      status: async () => (await import('./status.ts')).status,
      sessions: async () => (await import('./sessions.ts')).sessions,
      kick: async () => (await import('./kick.ts')).kick,
      ban: async () => (await import('./ban.ts')).ban,
      explain: async () => (await import('./explain.ts')).explain,
      rules: async () => (await import('./rules.ts')).rules,
      trash: async () => (await import('./trash.ts')).trash,
      hold: async () => (await import('./hold.ts')).hold,
    },
  },
  {
    title: 'About',
    verbs: {
      completion: async () => {
        const { completion } = await import('./completion.ts');
        return () => completion(VERBS);
      },
      version: async () => (await import('./version.ts')).version,
    },
  },
];
