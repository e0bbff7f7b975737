<?php
// Several uploads, downloads and listings on one connection: HOST PORT USER PASSWORD FILE, which comes back as FILE.back.
[, $host, $port, $user, $password, $file] = $argv;

function step(string $what, mixed $result): void {
    if ($result === false) {
        fwrite(STDERR, $what . ': ' . (error_get_last()['message'] ?? 'failed') . "\n");
        exit(1);
    }
}

$ftp = ftp_ssl_connect($host, (int) $port, 15);
step('login', @ftp_login($ftp, $user, $password));
step('passive', ftp_pasv($ftp, true));
foreach (['one', 'two', 'three'] as $name) {
    step("upload $name", @ftp_put($ftp, $name, $file, FTP_BINARY));
    step("download $name", @ftp_get($ftp, "$file.back", $name, FTP_BINARY));
    step('list', @ftp_mlsd($ftp, '.'));
    step('names', @ftp_nlist($ftp, '.'));
}
foreach (['four', 'five'] as $name) {
    step("upload $name", @ftp_put($ftp, $name, $file, FTP_BINARY));
}
ftp_close($ftp);
