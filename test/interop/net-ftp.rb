# Several uploads, downloads and listings on one connection: HOST PORT CA USER PASSWORD VERSION FILE, which comes back as
# FILE.back.
require 'net/ftp'
host, port, ca, user, password, version, file = ARGV
tls = { ca_file: ca, max_version: OpenSSL::SSL.const_get("TLS1_#{version}_VERSION") }
ftp = Net::FTP.new(host, port: port.to_i, ssl: tls, username: user, password: password, open_timeout: 15, read_timeout: 15)
%w[one two three].each do |name|
  ftp.putbinaryfile(file, name)
  ftp.getbinaryfile(name, "#{file}.back")
  ftp.list
  ftp.mlsd.to_a
end
ftp.resume = true
File.truncate("#{file}.back", 1000)
ftp.getbinaryfile('three', "#{file}.back")
ftp.resume = false
%w[four five].each { |name| ftp.putbinaryfile(file, name) }
ftp.quit
