/** What helps where a server asks for a second factor and nobody is there to be asked. */
export const CODE_ADVICE =
  'Where the server takes a code behind the password, as Lockport does, give both as one: PASSWORD123456';
