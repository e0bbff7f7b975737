/** What is told of everything but the change, while a password has to be changed. */
export const PASSWORD_DUE = 'Send SITE PSWD <old> <new>; nothing else is possible before';
