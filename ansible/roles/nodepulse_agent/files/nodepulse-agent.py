#!/usr/bin/env python3
"""Node Pulse metrics agent: measures this machine and pushes reports to Node Pulse Admiral.

One file, the standard library alone, Python 3.8 or later. It only ever pushes: it opens no port and runs no
command that a server sends.

    nodepulse-agent.py [--config FILE]                    measure and send until SIGTERM
    nodepulse-agent.py [--config FILE] --once             print one report and end
    nodepulse-agent.py [--config FILE] --wait-accepted N  wait up to N seconds until the running agent's newest
                                                          report was accepted; says why not on stderr, exit code 1
    nodepulse-agent.py [--config FILE] --exporters        print what stands on the exporters' ports, as JSON
    nodepulse-agent.py --version

`--exit-with-parent` ends the agent when the process that started it is gone.

Every scrape is written to the buffer on disk before it is sent and is deleted only after the server answered 2xx,
so an outage of the server, the network or the agent costs nothing but time. docs/agent.md describes the files.
"""
import collections
import errno
import fcntl
import json
import os
import re
import signal
import socket
import struct
import sys
import threading
import time
import zlib

VERSION = '3.0.0'
USER_AGENT = 'nodepulse-agent/' + VERSION
DEFAULT_CONFIG = '/etc/nodepulse/nodepulse.yml'
DEFAULT_PATH = '/ingest/metrics/prometheus'
SERVER_ID = re.compile(r'[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,126}[a-zA-Z0-9])?')

BATCH = 5                          # snapshots in one report, as the wire contract allows
BATCH_BYTES = 1 << 20              # of JSON before compression
MEMORY_ENTRIES = 10                # newest snapshots kept in memory while the disk is full
MAX_GROUPS = 400                   # process groups in one snapshot
MAX_ANSWER = 64 << 10              # bytes read of the server's answer
MAX_SCRAPE = 32 << 20              # bytes read of an exporter's text, which is parsed line by line
MAX_REPORT = 8 << 20               # bytes of one buffered report after decompression
MAX_BACKOFF = 300.0
MAX_RETRY_AFTER = 3600.0
FACTS_EVERY = 3600.0
ASIDE_FILES, ASIDE_BYTES = 50, 5 << 20

DOUBLES = ('cpu_idle_seconds', 'cpu_iowait_seconds', 'cpu_system_seconds', 'cpu_user_seconds', 'cpu_steal_seconds')
EXTRA_DOUBLES = ('cpu_nice_seconds', 'cpu_irq_seconds', 'cpu_softirq_seconds')
MEMORY = (
    ('memory_total_bytes', 'MemTotal'), ('memory_available_bytes', 'MemAvailable'), ('memory_free_bytes', 'MemFree'),
    ('memory_cached_bytes', 'Cached'), ('memory_buffers_bytes', 'Buffers'), ('memory_active_bytes', 'Active'),
    ('memory_inactive_bytes', 'Inactive'), ('swap_total_bytes', 'SwapTotal'), ('swap_free_bytes', 'SwapFree'),
    ('swap_cached_bytes', 'SwapCached'),
)
FILESYSTEM = (('disk_total_bytes', 'size'), ('disk_free_bytes', 'free'), ('disk_available_bytes', 'avail'))
DISK = (
    ('disk_reads_completed_total', 'reads_completed_total'), ('disk_writes_completed_total', 'writes_completed_total'),
    ('disk_read_bytes_total', 'read_bytes_total'), ('disk_written_bytes_total', 'written_bytes_total'),
    ('disk_io_time_seconds_total', 'io_time_seconds_total'),
)
NETWORK = tuple(
    ('network_%s_%s_total' % (way, what), '%s_%s_total' % (way, what))
    for way in ('receive', 'transmit') for what in ('bytes', 'packets', 'errs', 'drop'))
LOAD = (('load_1min', 'load1'), ('load_5min', 'load5'), ('load_15min', 'load15'))
FIELDS = (
    DOUBLES + ('cpu_cores',) + tuple(f for f, _ in MEMORY + FILESYSTEM + DISK + NETWORK + LOAD)
    + ('processes_running', 'processes_blocked', 'processes_total', 'uptime_seconds'))


class Stop(BaseException):
    """SIGTERM or SIGINT arrived."""


class ConfigError(Exception):
    """The configuration cannot be used; the message says what to change."""


class TransferError(Exception):
    """A request did not get an answer; the message is a plain sentence."""


# ---------------------------------------------------------------------------------------------------------------
# Small things
# ---------------------------------------------------------------------------------------------------------------

def log(level, text):
    """One line to stderr; the number in front is what journald reads as the priority."""
    priority = {'error': 3, 'warning': 4, 'info': 6}[level]
    prefix = '<%d>' % priority if os.environ.get('JOURNAL_STREAM') else ''
    try:
        sys.stderr.write(prefix + text + '\n')
        sys.stderr.flush()
    except (OSError, ValueError):
        pass


def plain(text, limit=200):
    """Text from elsewhere, fit for a log line: no control characters, bounded."""
    return re.sub(r'[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]+', ' ', str(text))[:limit].strip()


def chance():
    """A number from 0 to 1."""
    return int.from_bytes(os.urandom(4), 'big') / 4294967296.0


def rfc3339(ns):
    """Nanoseconds since 1970 as RFC 3339 in UTC with nine fractional digits."""
    seconds, fraction = divmod(int(ns), 1000000000)
    return time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds)) + '.%09dZ' % fraction


def epoch_seconds(year, month, day, hour, minute, second):
    """A UTC date as seconds since 1970 (without the calendar module and the memory that it takes)."""
    y = year - (month <= 2)
    era = y // 400
    of_era = y - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    days = era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
    return days * 86400 + hour * 3600 + minute * 60 + second


def parse_rfc3339(text):
    """An RFC 3339 instant as nanoseconds since 1970; None when it is none."""
    match = re.fullmatch(
        r'(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?([Zz]|([+-])(\d\d):(\d\d))', str(text))
    if not match:
        return None
    part = [int(match.group(i)) for i in range(1, 7)]
    if not (1 <= part[1] <= 12 and 1 <= part[2] <= 31 and part[3] < 24 and part[4] < 60 and part[5] <= 60):
        return None
    seconds = epoch_seconds(*part)
    if match.group(9):
        shift = int(match.group(10)) * 3600 + int(match.group(11)) * 60
        seconds -= shift if match.group(9) == '+' else -shift
    return seconds * 1000000000 + int((match.group(7) or '0').ljust(9, '0'))


def read_text(path, limit=4 << 20):
    """A small file as text; None when it cannot be read."""
    try:
        with open(path, 'rb') as handle:
            return handle.read(limit).decode('utf-8', 'replace')
    except OSError:
        return None


def write_atomically(path, data, mode=0o640, durable=True):
    """Writes a neighbour, then renames it over `path`: a reader sees the old or the new content, never a part."""
    temporary = os.path.join(os.path.dirname(path), '.%s.tmp' % os.path.basename(path))
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(descriptor, view):]
            if durable:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.rename(temporary, path)
    except OSError:
        try:
            os.unlink(temporary)
        except OSError:
            pass
        raise
    if durable:
        folder = os.open(os.path.dirname(path) or '.', os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def gzip_bytes(data):
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return packer.compress(data) + packer.flush()


def gunzip_bytes(data):
    """The content of one complete gzip member; ValueError when it is broken, cut short or too large."""
    unpacker = zlib.decompressobj(31)
    try:
        text = unpacker.decompress(data, MAX_REPORT)
    except zlib.error as fault:
        raise ValueError(str(fault))
    if not unpacker.eof:
        raise ValueError('the data end early or are too large')
    return text


# ---------------------------------------------------------------------------------------------------------------
# Configuration
# ---------------------------------------------------------------------------------------------------------------

def scalar(text, number):
    """One YAML scalar of the subset: quoted text, true, false, null, a number, [] or {} in JSON, or plain text."""
    if text[:1] in ('"', '[', '{'):
        try:
            return json.loads(text)
        except ValueError:
            raise ConfigError('line %d: not understood: %s' % (number, plain(text, 60)))
    if text[:1] == "'":
        if len(text) < 2 or text[-1] != "'" or "'" in text[1:-1].replace("''", ''):
            raise ConfigError('line %d: the quote is not closed' % number)
        return text[1:-1].replace("''", "'")
    if text[:1] in tuple('&*!|>%@`]},?'):
        raise ConfigError('line %d: this form of YAML is not supported; put the value in double quotes' % number)
    if text in ('', '~', 'null', 'Null', 'NULL'):
        return None
    if text.lower() in ('true', 'false'):
        return text.lower() == 'true'
    if re.fullmatch(r'[-+]?\d+', text):
        return int(text)
    if re.fullmatch(r'[-+]?\d+\.\d*', text):
        return float(text)
    return text


def without_comment(line):
    """The line up to a # that stands outside quotes at the start or after a blank."""
    quote = ''
    i = 0
    while i < len(line):
        c = line[i]
        if quote:
            if c == '\\' and quote == '"':
                i += 1
            elif c == quote:
                quote = ''
        elif c in '"\'' and (i == 0 or line[i - 1] in ' :-[{,'):
            quote = c
        elif c == '#' and (i == 0 or line[i - 1] in ' \t'):
            return line[:i].rstrip()
        i += 1
    return line.rstrip()


KEY = re.compile(r'([A-Za-z_][A-Za-z0-9_-]*)\s*:(?:\s+(.*))?')


def parse_yaml(text):
    """A strict subset of YAML: nested maps and lists by indentation, scalars on one line, comments; or JSON."""
    if text.lstrip()[:1] == '{':
        try:
            return json.loads(text)
        except ValueError as fault:
            raise ConfigError('not valid JSON: %s' % fault)
    lines = collections.deque()
    for number, raw in enumerate(text.splitlines(), 1):
        line = without_comment(raw)
        if not line.strip() or line == '---':
            continue
        indent = len(line) - len(line.lstrip(' '))
        if line[indent] == '\t':
            raise ConfigError('line %d: indent with blanks, not with tabs' % number)
        lines.append((indent, line[indent:], number))

    def block(indent):
        return sequence(indent) if lines[0][1] == '-' or lines[0][1].startswith('- ') else mapping(indent)

    def sequence(indent):
        items = []
        while lines and lines[0][0] == indent and (lines[0][1] == '-' or lines[0][1].startswith('- ')):
            _, content, number = lines.popleft()
            rest = content[1:].lstrip(' ')
            if rest and KEY.fullmatch(rest):
                inner = indent + len(content) - len(rest)
                lines.appendleft((inner, rest, number))
                items.append(mapping(inner))
            elif rest:
                items.append(scalar(rest, number))
            elif lines and lines[0][0] > indent:
                items.append(block(lines[0][0]))
            else:
                items.append(None)
        return items

    def mapping(indent):
        result = {}
        while lines and lines[0][0] == indent:
            _, content, number = lines.popleft()
            match = KEY.fullmatch(content)
            if not match:
                raise ConfigError('line %d: expected "key: value"' % number)
            key, value = match.group(1), (match.group(2) or '').strip()
            if key in result:
                raise ConfigError('line %d: %s stands here twice' % (number, key))
            if value:
                result[key] = scalar(value, number)
            elif lines and (lines[0][0] > indent or (lines[0][0] == indent and lines[0][1].startswith('-'))):
                result[key] = block(lines[0][0])
            else:
                result[key] = None
        if lines and lines[0][0] > indent:
            raise ConfigError('line %d: the indentation does not fit' % lines[0][2])
        return result

    if not lines:
        return {}
    result = block(lines[0][0])
    if lines:
        raise ConfigError('line %d: the indentation does not fit' % lines[0][2])
    return result


def seconds_of(value, name, least, most):
    """A duration (30, "30s", "1m", "500ms", "2h") in seconds."""
    match = None if isinstance(value, bool) else re.fullmatch(r'(\d+(?:\.\d+)?)(ms|s|m|h)?', str(value))
    if not match:
        raise ConfigError('%s must be a duration such as 30s or 1m' % name)
    seconds = float(match.group(1)) * {'ms': 0.001, 's': 1, None: 1, 'm': 60, 'h': 3600}[match.group(2)]
    if not least <= seconds <= most:
        raise ConfigError('%s must be from %gs to %gs' % (name, least, most))
    return seconds


class Url:
    """An http(s) address taken apart. The text never holds a user, a password or blanks."""

    def __init__(self, text, name):
        match = re.fullmatch(
            r'(https?)://(\[[0-9A-Fa-f:.%a-z]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?(/[!-~]*)?', str(text or ''))
        if not match:
            raise ConfigError('%s must be an address such as https://admiral.example.com:3000' % name)
        self.scheme = match.group(1)
        self.host = match.group(2).strip('[]')
        self.port = int(match.group(3) or (443 if self.scheme == 'https' else 80))
        self.path = match.group(4) or '/'
        self.authority = match.group(2) + (':' + match.group(3) if match.group(3) else '')
        self.origin = self.scheme + '://' + self.authority


class Config:
    """What the configuration file says, checked, with the defaults filled in."""

    def __init__(self, data):
        if not isinstance(data, dict):
            raise ConfigError('the file must hold "server:", "agent:" and so on')
        server, agent = self.section(data, 'server'), self.section(data, 'agent')
        buffer = self.section(data, 'buffer')
        self.endpoint = Url(server['endpoint'], 'server.endpoint') if server.get('endpoint') else None
        if self.endpoint and self.endpoint.path == '/':
            self.endpoint.path = DEFAULT_PATH
        self.timeout = seconds_of(server.get('timeout', 10), 'server.timeout', 0.1, 300)
        self.token_file = self.path(server, 'server', 'token_file')
        self.ca_file = self.path(server, 'server', 'ca_file')
        self.interval = seconds_of(agent.get('interval', 30), 'agent.interval', 0.05, 3600)
        self.buffer_path = self.path(buffer, 'buffer', 'path') or '/var/lib/nodepulse/buffer'
        self.state_path = os.path.dirname(self.buffer_path.rstrip('/'))
        self.retention = seconds_of('%sh' % buffer.get('retention_hours', 48), 'buffer.retention_hours', 3.6, 31536000)
        size = buffer.get('max_size_mb', 64)
        if isinstance(size, bool) or not isinstance(size, (int, float)) or not 0.01 <= size <= 10240:
            raise ConfigError('buffer.max_size_mb must be a number from 0.01 to 10240')
        self.max_bytes = int(size * 1048576)
        self.server_id = str(agent.get('server_id') or read_text(os.path.join(self.state_path, 'server_id'), 200) or '')
        self.server_id = self.server_id.strip()
        self.exporters = {}
        entries = data.get('exporters')
        if entries is None:
            entries = [
                {'name': 'node_exporter', 'endpoint': 'http://127.0.0.1:9100/metrics'},
                {'name': 'process_exporter', 'endpoint': 'http://127.0.0.1:9256/metrics'}]
        if not isinstance(entries, list):
            raise ConfigError('exporters must be a list')
        for entry in entries:
            if not isinstance(entry, dict) or entry.get('name') not in ('node_exporter', 'process_exporter'):
                continue
            if entry.get('enabled', True) is not True:
                continue
            url = Url(entry.get('endpoint'), 'exporters.endpoint')
            if url.scheme != 'http':
                raise ConfigError('exporters.endpoint must begin with http://')
            self.exporters[entry['name']] = (
                url, seconds_of(entry.get('timeout', 3), 'exporters.timeout', 0.1, 60))

    @staticmethod
    def section(data, name):
        value = data.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise ConfigError('%s must hold "key: value" lines' % name)
        return value

    @staticmethod
    def path(section, name, key):
        value = section.get(key)
        if value in (None, ''):
            return None
        if not isinstance(value, str) or not value.startswith('/'):
            raise ConfigError('%s.%s must be a full path that begins with /' % (name, key))
        return value

    def require_target(self):
        """What is needed for sending and not for --once."""
        if not self.endpoint:
            raise ConfigError('server.endpoint is missing')
        if not SERVER_ID.fullmatch(self.server_id):
            raise ConfigError('agent.server_id is missing or has characters other than letters, digits and hyphens')


def load_config(path, required):
    text = read_text(path, 1 << 20)
    if text is None:
        if required:
            raise ConfigError('%s cannot be read' % path)
        text = ''
    try:
        return Config(parse_yaml(text))
    except ConfigError as fault:
        raise ConfigError('%s: %s' % (path, fault))


# ---------------------------------------------------------------------------------------------------------------
# HTTP, as little of it as is needed: no redirects, no proxies, every size and every wait bounded
# ---------------------------------------------------------------------------------------------------------------

class Connection:
    """One kept connection to one origin."""

    def __init__(self, url, timeout, tls=None):
        self.url, self.timeout, self.tls = url, timeout, tls
        self.sock = None
        self.rest = b''
        self.deadline = 0.0

    def close(self):
        if self.sock is not None:
            try:
                self.sock.close()
            except OSError:
                pass
        self.sock = None
        self.rest = b''

    def open(self):
        self.close()
        try:
            raw = socket.create_connection((self.url.host, self.url.port), timeout=min(self.timeout, self.left()))
        except socket.gaierror:
            raise TransferError('cannot reach %s: the name %s is not known' % (self.url.origin, self.url.host))
        except (OSError, UnicodeError) as fault:
            raise TransferError('cannot reach %s: %s' % (self.url.origin, reason(fault)))
        try:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            raw.settimeout(self.left())
            self.sock = self.tls.wrap_socket(raw, server_hostname=self.url.host) if self.tls else raw
        except (OSError, ValueError) as fault:
            raw.close()
            detail = getattr(fault, 'verify_message', '') or reason(fault)
            raise TransferError('cannot make a trusted TLS connection to %s: %s' % (self.url.origin, plain(detail)))

    def left(self):
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise socket.timeout('timed out')
        return left

    def receive(self):
        self.sock.settimeout(self.left())
        data = self.sock.recv(65536)
        return data

    def line(self):
        while b'\n' not in self.rest:
            if len(self.rest) > 65536:
                raise TransferError('%s does not speak HTTP' % self.url.origin)
            data = self.receive()
            if not data:
                raise ConnectionResetError(errno.ECONNRESET, 'connection closed')
            self.rest += data
        line, _, self.rest = self.rest.partition(b'\n')
        return line.rstrip(b'\r').decode('latin-1')

    def exactly(self, count):
        """The next `count` bytes, piece by piece."""
        while count > 0:
            piece = self.rest or self.receive()
            if not piece:
                raise ConnectionResetError(errno.ECONNRESET, 'connection closed')
            self.rest = piece[count:]
            yield piece[:count]
            count -= len(piece[:count])

    def request(self, method, path, headers, body=b''):
        """Sends one request. Returns (status, headers in lower case, generator of body pieces); read it all."""
        self.deadline = time.monotonic() + self.timeout
        head = '%s %s HTTP/1.1\r\nHost: %s\r\n' % (method, path, self.url.authority)
        head += ''.join('%s: %s\r\n' % pair for pair in headers)
        data = (head + '\r\n').encode('latin-1') + body
        for attempt in (1, 2):
            reused = self.sock is not None
            try:
                if not reused:
                    self.open()
                self.sock.settimeout(self.left())
                self.sock.sendall(data)
                status = self.line()
                break
            except TransferError:
                self.close()
                raise
            except OSError as fault:
                self.close()
                # An idle connection may have been closed by the other side: that is worth one fresh one.
                if reused and attempt == 1 and not isinstance(fault, socket.timeout):
                    continue
                raise TransferError('no answer from %s: %s' % (self.url.origin, reason(fault)))
        try:
            match = re.fullmatch(r'HTTP/1\.([01]) (\d{3})(?: .*)?', status)
            if not match:
                raise TransferError('%s does not speak HTTP' % self.url.origin)
            fields = {}
            for _ in range(200):
                line = self.line()
                if not line:
                    break
                name, _, value = line.partition(':')
                fields[name.strip().lower()] = value.strip()
            else:
                raise TransferError('%s sent too many headers' % self.url.origin)
        except OSError as fault:
            self.close()
            raise TransferError('no answer from %s: %s' % (self.url.origin, reason(fault)))
        except TransferError:
            self.close()
            raise
        return int(match.group(2)), fields, self.body(int(match.group(2)), fields, match.group(1) == '1')

    def body(self, status, fields, keep):
        keep = keep and 'close' not in fields.get('connection', '').lower()
        try:
            if status in (204, 304) or status < 200:
                pass
            elif 'chunked' in fields.get('transfer-encoding', '').lower():
                while True:
                    size = int(self.line().split(';')[0].strip(), 16)
                    if size == 0:
                        while self.line():
                            pass
                        break
                    for piece in self.exactly(size):
                        yield piece
                    self.line()
            elif fields.get('content-length', '').isdigit():
                for piece in self.exactly(int(fields['content-length'])):
                    yield piece
            else:
                keep = False
                while True:
                    piece = self.rest or self.receive()
                    self.rest = b''
                    if not piece:
                        break
                    yield piece
        except (OSError, ValueError) as fault:
            self.close()
            raise TransferError('the answer of %s broke off: %s' % (self.url.origin, reason(fault)))
        if not keep:
            self.close()


def reason(fault):
    """An operating system's fault in a few words."""
    if isinstance(fault, socket.timeout) or getattr(fault, 'errno', None) == errno.ETIMEDOUT:
        return 'no answer in time'
    text = getattr(fault, 'strerror', None) or str(fault) or type(fault).__name__
    return plain(text[:1].lower() + text[1:])


def tls_context(ca_file):
    """A verifying TLS context: with `ca_file` that authority alone is trusted, else the system's."""
    import ssl  # only here: it costs 4 MB that an agent without TLS does not need
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= getattr(ssl, 'OP_NO_COMPRESSION', 0)
    try:
        if ca_file:
            context.load_verify_locations(cafile=ca_file)
        elif any(name.endswith('.0') for name in os.listdir('/etc/ssl/certs')):
            # Looked up by hash when needed, instead of 140 certificates in memory.
            context.load_verify_locations(capath='/etc/ssl/certs')
        else:
            context.load_default_certs()
    except ssl.SSLError:
        raise TransferError('%s holds no usable certificate' % ca_file)
    except OSError as fault:
        if ca_file:
            raise TransferError('%s cannot be read: %s' % (ca_file, reason(fault)))
        context.load_default_certs()
    return context


# ---------------------------------------------------------------------------------------------------------------
# Exporters
# ---------------------------------------------------------------------------------------------------------------

LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"')
SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?')
ESCAPES = {'\\\\': '\\', '\\"': '"', '\\n': '\n'}

NODE_WANTED = frozenset(
    ['node_cpu_seconds_total', 'node_boot_time_seconds', 'node_procs_running', 'node_procs_blocked',
     'node_forks_total']
    + ['node_memory_%s_bytes' % name for _, name in MEMORY]
    + ['node_filesystem_%s_bytes' % name for _, name in FILESYSTEM]
    + ['node_disk_' + name for _, name in DISK] + ['node_network_' + name for _, name in NETWORK]
    + ['node_' + name for _, name in LOAD])
PROCESS_WANTED = frozenset(
    'namedprocess_namegroup_' + name for name in ('num_procs', 'cpu_seconds_total', 'memory_bytes'))


def number_of(text):
    """A sample's value; None for NaN and the infinities, which are no measurements."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if value == value and abs(value) != float('inf') else None


def whole(value):
    return None if value is None or value < 0 else int(value)


def scrape(url, timeout, wanted):
    """The wanted samples of one exporter: {name: [(labels, value)]}. TransferError when it does not answer."""
    connection = Connection(url, timeout)
    samples = {}
    try:
        status, _, pieces = connection.request('GET', url.path, (
            ('User-Agent', USER_AGENT), ('Accept', 'text/plain;version=0.0.4'),
            ('Accept-Encoding', 'identity'), ('Connection', 'close')))
        if status != 200:
            raise TransferError('%s answered %d' % (url.origin, status))
        size, rest = 0, b''
        for piece in pieces:
            size += len(piece)
            if size > MAX_SCRAPE:
                raise TransferError('%s sent more than %d bytes' % (url.origin, MAX_SCRAPE))
            lines = (rest + piece).split(b'\n')
            rest = lines.pop()
            if len(rest) > 65536:
                raise TransferError('%s sent a line without an end' % url.origin)
            for line in lines:
                take_sample(line, wanted, samples)
        take_sample(rest, wanted, samples)
        return samples
    finally:
        connection.close()


def take_sample(line, wanted, samples):
    if not line or line[:1] == b'#':
        return
    name = re.split(b'[{ \t]', line, maxsplit=1)[0].decode('latin-1')
    if name not in wanted:
        return
    match = SAMPLE.fullmatch(line.decode('utf-8', 'replace').strip())
    value = number_of(match.group(3)) if match else None
    if value is None:
        return
    labels = {}
    for key, text in LABEL.findall(match.group(2) or ''):
        labels[key] = re.sub(r'\\[\\"n]', lambda m: ESCAPES[m.group(0)], text) if '\\' in text else text
    samples.setdefault(name, []).append((labels, value))


def first(samples, name, **labels):
    for have, value in samples.get(name, ()):
        if all(have.get(key) == want for key, want in labels.items()):
            return value
    return None


def node_from_exporter(samples, now, disk, interface):
    """The snapshot's numbers as node_exporter has them; a number that it does not have is absent."""
    result, cores, modes = {}, set(), {}
    for labels, value in samples['node_cpu_seconds_total']:
        cores.add(labels.get('cpu'))
        mode = labels.get('mode')
        modes[mode] = modes.get(mode, 0.0) + value
    for field in DOUBLES + EXTRA_DOUBLES:
        value = modes.get(field[4:-8])
        result[field] = None if value is None else round(value, 6)
    result['cpu_cores'] = len(cores)
    for field, name in MEMORY:
        result[field] = whole(first(samples, 'node_memory_%s_bytes' % name))
    for field, name in FILESYSTEM:
        result[field] = whole(first(samples, 'node_filesystem_%s_bytes' % name, mountpoint='/'))
    for field, name in DISK:
        value = first(samples, 'node_disk_' + name, device=disk) if disk else None
        result[field] = value if field.startswith('disk_io_time') else whole(value)
    for field, name in NETWORK:
        result[field] = whole(first(samples, 'node_network_' + name, device=interface)) if interface else None
    for field, name in LOAD:
        result[field] = first(samples, 'node_' + name)
    result['processes_running'] = whole(first(samples, 'node_procs_running'))
    result['processes_blocked'] = whole(first(samples, 'node_procs_blocked'))
    result['processes_total'] = whole(first(samples, 'node_forks_total'))
    boot = first(samples, 'node_boot_time_seconds')
    result['uptime_seconds'] = None if boot is None else whole(now - boot)
    return result


def processes_from_exporter(samples):
    """Process groups as process_exporter has them: {name: [num_procs, cpu_seconds, memory_bytes]}."""
    groups = {}
    for labels, value in samples.get('namedprocess_namegroup_num_procs', ()):
        name = plain(labels.get('groupname', ''), 255)
        if value > 0 and name:
            groups[name] = [int(value), None, None]
    for labels, value in samples.get('namedprocess_namegroup_cpu_seconds_total', ()):
        group = groups.get(plain(labels.get('groupname', ''), 255))
        if group and labels.get('mode') in ('user', 'system'):
            group[1] = round((group[1] or 0.0) + value, 6)
    for labels, value in samples.get('namedprocess_namegroup_memory_bytes', ()):
        group = groups.get(plain(labels.get('groupname', ''), 255))
        if group and labels.get('memtype') == 'resident':
            group[2] = whole(value)
    return groups


# ---------------------------------------------------------------------------------------------------------------
# /proc
# ---------------------------------------------------------------------------------------------------------------

TICKS = os.sysconf('SC_CLK_TCK')
PAGE = os.sysconf('SC_PAGE_SIZE')


def node_from_proc(disk, interface):
    """The same numbers from the kernel itself; a number that cannot be read is absent."""
    result = {}
    totals, cores = {}, 0
    for line in (read_text('/proc/stat') or '').splitlines():
        part = line.split()
        if not part:
            continue
        if re.fullmatch(r'cpu\d+', part[0]):
            cores += 1
            for mode, ticks in zip(('user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'), part[1:]):
                totals[mode] = totals.get(mode, 0) + int(ticks)
        elif part[0] == 'procs_running':
            result['processes_running'] = int(part[1])
        elif part[0] == 'procs_blocked':
            result['processes_blocked'] = int(part[1])
        elif part[0] == 'processes':
            result['processes_total'] = int(part[1])
    if cores:
        result['cpu_cores'] = cores
    for field in DOUBLES + EXTRA_DOUBLES:
        if field[4:-8] in totals:
            result[field] = round(totals[field[4:-8]] / TICKS, 6)
    memory = {}
    for line in (read_text('/proc/meminfo') or '').splitlines():
        match = re.fullmatch(r'(\w+):\s+(\d+) kB', line)
        if match:
            memory[match.group(1)] = int(match.group(2)) * 1024
    for field, name in MEMORY:
        if name in memory:
            result[field] = memory[name]
    try:
        root = os.statvfs('/')
        if root.f_blocks:
            result['disk_total_bytes'] = root.f_blocks * root.f_frsize
            result['disk_free_bytes'] = root.f_bfree * root.f_frsize
            result['disk_available_bytes'] = root.f_bavail * root.f_frsize
    except OSError:
        pass
    for line in (read_text('/proc/diskstats') or '').splitlines() if disk else ():
        part = line.split()
        if len(part) > 12 and part[2] == disk:
            values = int(part[3]), int(part[7]), int(part[5]) * 512, int(part[9]) * 512, int(part[12]) / 1000.0
            result.update(zip((field for field, _ in DISK), values))
    for line in (read_text('/proc/net/dev') or '').splitlines() if interface else ():
        name, _, rest = line.partition(':')
        part = rest.split()
        if name.strip() == interface and len(part) > 11:
            columns = part[0:4] + part[8:12]
            result.update(zip((field for field, _ in NETWORK), map(int, columns)))
    load = (read_text('/proc/loadavg') or '').split()
    if len(load) > 2:
        result.update(zip((field for field, _ in LOAD), map(float, load)))
    uptime = (read_text('/proc/uptime') or '').split()
    if uptime:
        result['uptime_seconds'] = int(float(uptime[0]))
    return result


def root_disk():
    """The name of the disk that holds /, as /proc/diskstats and node_exporter call it; None when there is none.

    A partition stands for its disk. A device-mapper volume on one disk stands for that disk; one that spans several
    stands for itself. Always the same on the same machine.
    """
    try:
        number = os.stat('/').st_dev
    except OSError:
        return None
    link = '/sys/dev/block/%d:%d' % (os.major(number), os.minor(number))
    name = os.path.basename(os.path.realpath(link)) if os.path.exists(link) else None
    if name is None:
        # btrfs and others have a number of their own: the mount table names the device.
        source = None
        for line in (read_text('/proc/self/mountinfo') or '').splitlines():
            part = line.split(' ')
            if len(part) > 6 and part[4] == '/' and '-' in part:
                source = part[part.index('-') + 2]
        if not source or not source.startswith('/dev/'):
            return None
        name = os.path.basename(source)
        if source.startswith('/dev/mapper/'):
            for volume in sorted(os.listdir('/sys/class/block')) if os.path.isdir('/sys/class/block') else ():
                if (read_text('/sys/class/block/%s/dm/name' % volume) or '').strip() == name:
                    name = volume
                    break
    for _ in range(8):
        here = '/sys/class/block/' + name
        if not os.path.exists(here):
            return None
        if os.path.exists(here + '/partition'):
            name = os.path.basename(os.path.dirname(os.path.realpath(here)))
            continue
        try:
            below = os.listdir(here + '/slaves')
        except OSError:
            below = []
        if len(below) != 1 or not os.path.exists(here + '/dm'):
            return name
        name = below[0]
    return name


class DefaultInterface:
    """The interface of the default route. While there is none for a moment, the last one stays."""

    def __init__(self):
        self.name = None

    def find(self):
        routes = []
        for line in (read_text('/proc/net/route') or '').splitlines()[1:]:
            part = line.split()
            if len(part) > 7 and part[1] == '00000000' and part[7] == '00000000' and int(part[3], 16) & 0x201 == 1:
                routes.append((0, int(part[6]), part[0]))
        for line in (read_text('/proc/net/ipv6_route') or '').splitlines() if not routes else ():
            part = line.split()
            if len(part) > 9 and part[0] == '0' * 32 and part[1] == '00' and int(part[8], 16) & 0x201 == 1:
                if part[9] != 'lo':
                    routes.append((1, int(part[5], 16), part[9]))
        best = sorted(name for family, metric, name in routes if (family, metric) == min(routes)[:2])
        if best and self.name not in best:
            self.name = best[0]
        elif not best and self.name is None:
            self.name = self.only_one()
        return self.name

    @staticmethod
    def only_one():
        """A machine without a default route but with a single network card: that card is no guess."""
        try:
            cards = [n for n in os.listdir('/sys/class/net')
                     if n != 'lo' and (read_text('/sys/class/net/%s/operstate' % n) or '').strip() == 'up']
        except OSError:
            return None
        return cards[0] if len(cards) == 1 else None


class ProcessTable:
    """Process groups by command name out of /proc, with CPU counters that do not fall when a process ends."""

    def __init__(self):
        self.processes = None       # pid -> (start time, ticks)
        self.ticks = {}             # group -> ticks so far, also of processes that ended
        self.continues = {}         # group -> CPU seconds that an exporter reported last

    def continue_from(self, groups):
        """An exporter answered: should it fall silent, its counters go on where it left them."""
        self.processes = None
        self.continues = {name: group[1] for name, group in groups.items() if group[1] is not None}

    def read(self):
        """{name: [num_procs, cpu_seconds, memory_bytes]}; None when the other users' processes are hidden."""
        if not os.access('/proc/1/stat', os.R_OK):
            return None
        first_time = self.processes is None
        before, seen, groups = self.processes or {}, {}, {}
        for pid in os.listdir('/proc'):
            if not pid.isdigit():
                continue
            try:
                with open('/proc/%s/stat' % pid, 'rb') as handle:
                    text = handle.read(2048)
            except OSError:
                continue
            start, end = text.find(b'('), text.rfind(b')')
            part = text[end + 2:].split()
            # The flag marks threads of the kernel, which process_exporter leaves out as well.
            if start < 0 or len(part) < 22 or int(part[6]) & 0x00200000:
                continue
            name = plain(text[start + 1:end].decode('utf-8', 'replace'), 64)
            ticks, born, resident = int(part[11]) + int(part[12]), int(part[19]), int(part[21]) * PAGE
            if not name:
                continue
            seen[pid] = (born, ticks)
            known = before.get(pid)
            grown = ticks - known[1] if known and known[0] == born else ticks
            group = groups.setdefault(name, [0, 0, 0])
            group[0] += 1
            group[1] += max(grown, 0)
            group[2] += resident
        if first_time:
            self.ticks = {
                name: int(self.continues[name] * TICKS) if name in self.continues else group[1]
                for name, group in groups.items()}
            self.continues = {}
        else:
            for name, group in groups.items():
                self.ticks[name] = self.ticks.get(name, 0) + group[1]
            if len(self.ticks) > 4 * MAX_GROUPS:
                self.ticks = {name: ticks for name, ticks in self.ticks.items() if name in groups}
        self.processes = seen
        for name, group in groups.items():
            group[1] = round(self.ticks[name] / TICKS, 6)
        return groups


# ---------------------------------------------------------------------------------------------------------------
# Facts about the machine
# ---------------------------------------------------------------------------------------------------------------

def addresses(interface):
    """The machine's addresses without loopback, link-local and temporary ones; the default interface's first."""
    found = set()
    candidate = None
    for line in (read_text('/proc/net/fib_trie') or '').splitlines():
        match = re.search(r'\|-- ([0-9.]+)$', line)
        if match:
            candidate = match.group(1)
        elif '/32 host LOCAL' in line and candidate:
            found.add(candidate)
    result = sorted((a for a in found if not a.startswith(('127.', '169.254.'))), key=lambda a: socket.inet_aton(a))
    if interface:
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
                answer = fcntl.ioctl(probe.fileno(), 0x8915, struct.pack('256s', interface.encode()[:15]))
            main = socket.inet_ntoa(answer[20:24])
            if main in result:
                result.remove(main)
                result.insert(0, main)
        except OSError:
            pass
    for line in (read_text('/proc/net/if_inet6') or '').splitlines():
        part = line.split()
        if len(part) == 6 and part[3] == '00' and not int(part[4], 16) & 0x01 and part[5] != 'lo':
            result.append(socket.inet_ntop(socket.AF_INET6, bytes.fromhex(part[0])))
    return result[:32]


class Facts:
    """The `agent` object: sent at start, when something changed, and every hour."""

    def __init__(self):
        self.sent = None
        self.sent_at = 0.0
        self.boot = None

    def read(self, interface):
        release = {}
        for line in (read_text('/etc/os-release') or read_text('/usr/lib/os-release') or '').splitlines():
            key, _, value = line.partition('=')
            release[key.strip()] = value.strip().strip('"\'')
        match = re.search(r'^btime (\d+)$', read_text('/proc/stat') or '', re.M)
        boot = int(match.group(1)) if match else None
        # The kernel computes it from the clock, so it wavers by a second; that is no reboot.
        if boot is not None and (self.boot is None or abs(boot - self.boot) > 2):
            self.boot = boot
        system = os.uname()
        return {
            'version': VERSION,
            'hostname': plain(system.nodename, 253),
            'os': plain(release.get('PRETTY_NAME') or release.get('NAME') or system.sysname),
            'kernel': plain(system.release),
            'architecture': plain(system.machine, 64),
            'addresses': addresses(interface),
            'bootTime': None if self.boot is None else rfc3339(self.boot * 1000000000),
        }

    def due(self, interface):
        facts, now = self.read(interface), time.monotonic()
        if facts == self.sent and now - self.sent_at < FACTS_EVERY:
            return None
        self.sent, self.sent_at = facts, now
        return facts


class Collector:
    """Makes one report with one snapshot."""

    def __init__(self, config):
        self.config = config
        self.interface = DefaultInterface()
        self.table = ProcessTable()
        self.facts = Facts()
        self.sources = {}

    def ask(self, name, wanted, proof):
        """The exporter's samples, or None when it is off, silent or something else."""
        if name not in self.config.exporters:
            return None
        url, timeout = self.config.exporters[name]
        try:
            samples = scrape(url, timeout, wanted)
        except TransferError as fault:
            self.remember(name, '/proc (%s)' % fault)
            return None
        if proof not in samples:
            self.remember(name, '/proc (%s is not %s)' % (url.origin, name))
            return None
        self.remember(name, url.origin)
        return samples

    def remember(self, name, source):
        if self.sources.get(name) != source:
            self.sources[name] = source
            log('info', '%s: reading %s' % (name, source))

    def report(self):
        """(scrape time in ns, report)."""
        at = time.time_ns()
        stamp = rfc3339(at)
        disk, interface = root_disk(), self.interface.find()
        samples = self.ask('node_exporter', NODE_WANTED, 'node_cpu_seconds_total')
        node = node_from_exporter(samples, at / 1e9, disk, interface) if samples else {}
        if any(node.get(field) is None for field in FIELDS + EXTRA_DOUBLES):
            for field, value in node_from_proc(disk, interface).items():
                if node.get(field) is None:
                    node[field] = value
        snapshot = {'timestamp': stamp}
        for field in FIELDS + EXTRA_DOUBLES:
            snapshot[field] = node.get(field)
        samples = self.ask('process_exporter', PROCESS_WANTED, 'namedprocess_namegroup_num_procs')
        if samples:
            groups = processes_from_exporter(samples)
            self.table.continue_from(groups)
        else:
            groups = self.table.read() or {}
        names = sorted(groups)
        if len(names) > MAX_GROUPS:
            half = MAX_GROUPS // 2
            most = sorted(names, key=lambda n: -(groups[n][1] or 0))[:half]
            most += sorted((n for n in names if n not in most), key=lambda n: -(groups[n][2] or 0))[:half]
            names = sorted(most)
        report = {'node_exporter': [snapshot], 'process_exporter': [
            {'timestamp': stamp, 'name': name, 'num_procs': groups[name][0], 'cpu_seconds_total': groups[name][1],
             'memory_bytes': groups[name][2]} for name in names]}
        facts = self.facts.due(interface)
        if facts:
            report['agent'] = facts
        return at, report


# ---------------------------------------------------------------------------------------------------------------
# The buffer
# ---------------------------------------------------------------------------------------------------------------

class Entry:
    """One report that waits: in a file, or in memory while the disk is full."""
    __slots__ = ('name', 'data', 'size')

    def __init__(self, name, data, size):
        self.name, self.data, self.size = name, data, size

    @property
    def at(self):
        return int(self.name[7:27])


REPORT_FILE = re.compile(r'report-\d{20}-[0-9a-f]{8}\.json\.gz')


def encode(report):
    return json.dumps(report, ensure_ascii=False, separators=(',', ':'), allow_nan=False).encode('utf-8', 'replace')


class Buffer:
    """Reports on disk, one file each, oldest first, bounded in bytes and age. Safe to use from two threads."""

    def __init__(self, config):
        self.folder, self.aside = config.buffer_path, os.path.join(config.state_path, 'set-aside')
        self.max_bytes, self.retention = config.max_bytes, config.retention
        self.changed = threading.Condition()
        self.entries = []
        self.dropped = 0
        self.full = False
        try:
            os.makedirs(self.folder, 0o750, exist_ok=True)
        except OSError as fault:
            if fault.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise ConfigError('the buffer folder %s cannot be made: %s' % (self.folder, reason(fault)))
        else:
            if not os.access(self.folder, os.R_OK | os.W_OK | os.X_OK):
                raise ConfigError('the buffer folder %s cannot be written by this user' % self.folder)
        try:
            with os.scandir(self.folder) as files:
                for file in files:
                    if REPORT_FILE.fullmatch(file.name):
                        self.entries.append(Entry(file.name, None, self.blocks(file.stat().st_size)))
                    elif file.name.startswith('.report-') and file.name.endswith('.tmp'):
                        os.unlink(file.path)
        except OSError as fault:
            log('warning', 'the buffer folder cannot be read: %s' % reason(fault))
        self.entries.sort(key=lambda entry: entry.name)
        self.bytes = sum(entry.size for entry in self.entries)
        self.trim()

    @staticmethod
    def blocks(size):
        """What a file takes on disk."""
        return (size + 4095) // 4096 * 4096

    def path(self, entry):
        return os.path.join(self.folder, entry.name)

    def add(self, at, report):
        """Keeps a report; True when it is safe on disk."""
        data = gzip_bytes(encode(report))
        entry = Entry('report-%020d-%08x.json.gz' % (at, zlib.crc32(data)), None, self.blocks(len(data)))
        try:
            write_atomically(self.path(entry), data)
            if self.full:
                log('info', 'the buffer can be written again')
            self.full = False
        except OSError as fault:
            entry.data, entry.size = data, 0
            if not self.full:
                log('error', 'the buffer cannot be written: %s; the newest %d reports stay in memory'
                    % (reason(fault), MEMORY_ENTRIES))
            self.full = True
        with self.changed:
            self.insert(entry)
            self.trim()
            self.changed.notify_all()
        return entry.data is None

    def insert(self, entry):
        place = len(self.entries)
        while place and self.entries[place - 1].name > entry.name:
            place -= 1
        if place and self.entries[place - 1].name == entry.name:
            return
        self.entries.insert(place, entry)
        self.bytes += entry.size
        if entry.data is not None:
            for old in [one for one in self.entries if one.data is not None][:-MEMORY_ENTRIES]:
                self.discard(old)
                self.dropped += 1

    def trim(self):
        """Drops the oldest beyond the bounds."""
        oldest = time.time_ns() - int(self.retention * 1e9)
        count = 0
        while self.entries and (self.bytes > self.max_bytes or self.entries[0].at < oldest):
            self.discard(self.entries[0])
            count += 1
        if count:
            self.dropped += count
            log('warning', '%d buffered reports were dropped: older or more than the buffer keeps' % count)

    def discard(self, entry):
        """Forgets an entry and deletes its file."""
        if entry not in self.entries:
            return
        self.entries.remove(entry)
        self.bytes -= entry.size
        if entry.data is None:
            try:
                os.unlink(self.path(entry))
            except OSError:
                pass

    def oldest(self, count):
        """[(entry, report)] of up to `count` readable entries, oldest first. Unreadable ones are set aside."""
        result, size = [], 0
        with self.changed:
            self.trim()
            waiting = self.entries[:count * 4]
        for entry in waiting:
            try:
                text = gunzip_bytes(self.load(entry))
                report = json_object(text)
                if report is None:
                    raise ValueError('not a report')
            except FileNotFoundError:
                self.done([entry])
                continue
            except (ValueError, OSError) as fault:
                log('error', 'the buffered report %s is damaged and set aside: %s' % (entry.name, plain(fault)))
                self.set_aside(entry)
                continue
            size += len(text)
            if result and size > BATCH_BYTES:
                break
            result.append((entry, report))
            if len(result) == count:
                break
        return result

    def load(self, entry):
        if entry.data is not None:
            return entry.data
        with open(self.path(entry), 'rb') as handle:
            return handle.read(MAX_REPORT)

    def done(self, entries):
        with self.changed:
            for entry in entries:
                self.discard(entry)

    def set_aside(self, entry):
        """Takes a report out of the queue that can never be accepted; the newest few stay for a look."""
        try:
            if entry.data is None:
                self.keep_aside(self.path(entry))
        finally:
            with self.changed:
                self.discard(entry)

    def keep_aside(self, path):
        try:
            os.makedirs(self.aside, 0o750, exist_ok=True)
            os.rename(path, os.path.join(self.aside, os.path.basename(path)))
            kept = sorted(
                ((file.stat().st_mtime, file.stat().st_size, file.path) for file in os.scandir(self.aside)),
                reverse=True)
            total = 0
            for index, (_, size, old) in enumerate(kept):
                total += size
                if index >= ASIDE_FILES or (index and total > ASIDE_BYTES):
                    os.unlink(old)
        except OSError as fault:
            log('warning', '%s cannot be set aside: %s' % (path, reason(fault)))

    def flush(self):
        """At the end: what is only in memory goes to disk where that is possible again."""
        for entry in [one for one in self.entries if one.data is not None]:
            try:
                write_atomically(self.path(entry), entry.data)
            except OSError:
                return

    def take_over(self):
        """Turns the unsent reports of the earlier agent (*.json, *.jsonl) into entries. Other files stay."""
        try:
            names = sorted(os.listdir(self.folder))
        except OSError:
            return
        for name in names:
            path = os.path.join(self.folder, name)
            if name.startswith('.') or not name.endswith(('.json', '.jsonl')) or not os.path.isfile(path):
                continue
            good = bad = 0
            try:
                for report in earlier_reports(path):
                    pieces = split_report(report) if report is not None else []
                    if not pieces:
                        bad += 1
                    for at, piece in pieces:
                        if not self.add(at, piece):
                            # The disk is full: the file itself is the safest place for what it holds.
                            return
                        good += 1
                if good and bad:
                    self.keep_aside(path)
                elif good:
                    os.unlink(path)
            except OSError as fault:
                log('warning', 'the earlier buffer file %s cannot be read: %s' % (plain(name), reason(fault)))
                continue
            log('info', 'the earlier buffer file %s: %d reports taken over, %d not understood'
                % (plain(name), good, bad))


def earlier_reports(path):
    """The reports in a buffer file of the earlier agent; None for each part that is no report."""
    if path.endswith('.jsonl'):
        with open(path, 'rb') as handle:
            while True:
                line = handle.readline(MAX_REPORT)
                if not line:
                    return
                if line.strip():
                    yield json_object(line)
    else:
        with open(path, 'rb') as handle:
            data = handle.read(MAX_REPORT + 1)
        try:
            value = json.loads(data, parse_constant=refuse)
        except (ValueError, UnicodeDecodeError):
            # Several reports one after the other, a line each, under this name too.
            for line in data.splitlines():
                if line.strip():
                    yield json_object(line)
            return
        for item in value if isinstance(value, list) else [value]:
            yield item if isinstance(item, dict) else None


def refuse(word):
    raise ValueError('%s is no JSON' % word)


def json_object(data):
    """The JSON object in the data; None when it is something else."""
    try:
        value = json.loads(data, parse_constant=refuse)
    except (ValueError, UnicodeDecodeError):
        return None
    return value if isinstance(value, dict) else None


def split_report(report):
    """One report for each scrape time in it: [(time in ns, report)]."""
    by_time = {}
    for key in ('node_exporter', 'process_exporter'):
        rows = report.get(key)
        for row in rows if isinstance(rows, list) else ():
            at = parse_rfc3339(row.get('timestamp')) if isinstance(row, dict) else None
            if at is not None:
                by_time.setdefault(at, {}).setdefault(key, []).append(row)
    return sorted(by_time.items())


# ---------------------------------------------------------------------------------------------------------------
# Status and sending
# ---------------------------------------------------------------------------------------------------------------

class Status:
    """What the agent knows about itself, in status.json, for people and for the playbook that installs it."""

    def __init__(self, config, buffer, collector):
        self.path = os.path.join(config.state_path, 'status.json')
        self.buffer, self.collector = buffer, collector
        self.lock = threading.Lock()
        self.data = {
            'version': VERSION, 'pid': os.getpid(), 'serverId': config.server_id, 'endpoint': config.endpoint.origin,
            'startedAt': rfc3339(time.time_ns()), 'lastScrapeAt': None, 'lastAcceptedAt': None, 'lastError': None,
            'lastErrorAt': None, 'setAside': 0}

    def update(self, **changes):
        with self.lock:
            self.data.update(changes)
            self.data.update(
                buffered=len(self.buffer.entries), bufferedBytes=self.buffer.bytes, dropped=self.buffer.dropped,
                sources=dict(self.collector.sources))
            try:
                text = json.dumps(self.data, indent=1) + '\n'
                write_atomically(self.path, text.encode(), 0o644, durable=False)
            except OSError:
                pass


def retry_after(fields):
    """The wait in seconds that an answer asks for; None when it asks for none."""
    text = fields.get('retry-after', '')
    if re.fullmatch(r'\d{1,9}', text):
        return min(float(text), MAX_RETRY_AFTER)
    at, now = http_date(text), http_date(fields.get('date', ''))
    if at is None:
        return None
    return min(max(at - (time.time() if now is None else now), 0.0), MAX_RETRY_AFTER)


def http_date(text):
    months = ('Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec')
    match = re.fullmatch(r'\w{3}, (\d\d) (\w{3}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT', text)
    if not match or match.group(2) not in months:
        return None
    return epoch_seconds(
        int(match.group(3)), months.index(match.group(2)) + 1, int(match.group(1)),
        *(int(match.group(i)) for i in (4, 5, 6)))


class Sender(threading.Thread):
    """Sends what is in the buffer, oldest first, for ever."""

    def __init__(self, config, buffer, status):
        super().__init__(daemon=True)
        self.config, self.buffer, self.status = config, buffer, status
        self.connection = None
        self.gzip = True
        self.failures = 0
        self.single = 0             # so many entries are sent alone, to find the one that was refused
        self.aside = 0

    def run(self):
        try:
            self.buffer.take_over()
        except Exception as fault:
            log('error', 'the earlier buffer cannot be taken over: %s: %s' % (type(fault).__name__, plain(fault)))
        while True:
            try:
                wait = self.step()
            except Exception as fault:  # nothing may end this thread while the agent runs
                log('error', 'unexpected fault while sending: %s: %s' % (type(fault).__name__, plain(fault)))
                wait = self.back_off()
            if wait > 0:
                time.sleep(wait)

    def back_off(self):
        ceiling = min(MAX_BACKOFF, float(2 ** min(self.failures, 10)))
        self.failures += 1
        return ceiling * (0.5 + chance() / 2)

    def step(self):
        """One request, or a wait for something to send. Returns the seconds to wait before the next."""
        with self.buffer.changed:
            if not self.buffer.entries:
                self.buffer.changed.wait(60)
        batch = self.buffer.oldest(1 if self.single else BATCH)
        if not batch:
            return 0
        entries = [entry for entry, _ in batch]
        try:
            code, fields, answer = self.post(encode(merge([report for _, report in batch])))
        except TransferError as fault:
            return self.failed(str(fault), None)
        if 200 <= code < 300:
            self.buffer.done(entries)
            self.single = max(0, self.single - 1)
            if self.failures:
                log('info', 'reports are accepted again')
            self.failures = 0
            self.status.update(lastAcceptedAt=rfc3339(time.time_ns()), lastError=None)
            # A backlog goes out at a pace that leaves the server room for the other agents.
            return 0.05 + chance() / 10 if self.buffer.entries else 0
        if code == 415 and self.gzip:
            self.gzip = False
            return 0
        if code in (400, 413, 422):
            if len(entries) > 1:
                self.single = len(entries)
                return 0
            log('error', 'the server refuses the report %s for good and it is set aside: %d %s'
                % (entries[0].name, code, answer))
            self.buffer.set_aside(entries[0])
            self.single = max(0, self.single - 1)
            self.aside += 1
            self.status.update(
                setAside=self.aside, lastError='the server refused a report: %d %s' % (code, answer),
                lastErrorAt=rfc3339(time.time_ns()))
            return 0.05
        sentence = {
            401: 'the server does not accept this agent\'s token',
            403: 'the server does not accept this server id',
            404: 'nothing takes reports at this address',
            429: 'the server asks to wait', 503: 'the server asks to wait',
        }.get(code, 'redirects are not followed' if 300 <= code < 400 else 'the server cannot take reports')
        text = '%s answered %d%s: %s' % (
            self.config.endpoint.origin, code, ' (%s)' % answer if answer else '', sentence)
        return self.failed(text, retry_after(fields))

    def failed(self, text, asked):
        if not self.failures:
            log('warning', text)
        self.status.update(lastError=text, lastErrorAt=rfc3339(time.time_ns()))
        wait = self.back_off()
        # On top of what the server asks for, so that not all agents come back in the same second.
        return wait if asked is None else asked + chance() * min(30.0, 0.1 * asked + 0.2)

    def post(self, body):
        """(status, headers, the server's words)"""
        headers = [('User-Agent', USER_AGENT), ('Content-Type', 'application/json')]
        if self.config.token_file:
            # Read each time, so that a new token needs no restart.
            token = (read_text(self.config.token_file, 4096) or '').strip()
            if not re.fullmatch(r'[!-~]+', token):
                raise TransferError('the token file %s is missing, empty or not readable' % self.config.token_file)
            headers.append(('Authorization', 'Bearer ' + token))
        if self.gzip:
            body = gzip_bytes(body)
            headers.append(('Content-Encoding', 'gzip'))
        headers.append(('Content-Length', str(len(body))))
        if self.connection is None:
            tls = tls_context(self.config.ca_file) if self.config.endpoint.scheme == 'https' else None
            self.connection = Connection(self.config.endpoint, self.config.timeout, tls)
        path = '%s?server_id=%s' % (self.config.endpoint.path, self.config.server_id)
        try:
            code, fields, pieces = self.connection.request('POST', path, headers, body)
            answer = b''
            for piece in pieces:
                answer += piece
                if len(answer) > MAX_ANSWER:
                    self.connection.close()
                    break
        except TransferError:
            self.connection = None  # the authority's file may have been replaced
            raise
        words = json_object(answer) or {}
        return code, fields, plain(words.get('error') or words.get('detail') or words.get('title') or '')


def merge(reports):
    """Several buffered reports as one; the newest facts win."""
    result = {}
    for report in reports:
        for key in ('node_exporter', 'process_exporter'):
            if isinstance(report.get(key), list):
                result.setdefault(key, []).extend(report[key])
        if 'agent' in report:
            result['agent'] = report['agent']
    return result


# ---------------------------------------------------------------------------------------------------------------
# Commands
# ---------------------------------------------------------------------------------------------------------------

def run(config, with_parent):
    """Measures and sends until SIGTERM."""
    config.require_target()

    def stop(*_):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise Stop()

    buffer = Buffer(config)
    lock = os.open(os.path.join(config.state_path, 'agent.lock'), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise ConfigError('another agent already uses %s' % config.state_path)
    collector = Collector(config)
    status = Status(config, buffer, collector)
    parent = os.getppid()
    threading.stack_size(256 << 10)
    try:
        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        status.update()
        log('info', 'nodepulse-agent %s reports as %s to %s every %gs'
            % (VERSION, config.server_id, config.endpoint.origin, config.interval))
        if config.endpoint.scheme == 'http' and config.token_file and not is_loopback(config.endpoint.host):
            log('warning', 'the token travels without TLS; use an https address')
        Sender(config, buffer, status).start()
        # The monotonic clock: a corrected wall clock neither stops the scrapes nor bunches them.
        due = time.monotonic()
        while True:
            try:
                at, report = collector.report()
                buffer.add(at, report)
                status.update(lastScrapeAt=rfc3339(at))
            except Exception as fault:  # a scrape that fails costs that scrape
                log('error', 'unexpected fault while measuring: %s: %s' % (type(fault).__name__, plain(fault)))
            now = time.monotonic()
            due += config.interval
            if due <= now:
                due = now + config.interval - (now - due) % config.interval
            while True:
                left = due - time.monotonic()
                if with_parent and os.getppid() != parent:
                    raise Stop()
                if left <= 0:
                    break
                time.sleep(min(left, 0.5) if with_parent else left)
    except Stop:
        buffer.flush()
        log('info', 'ended; %d reports wait in the buffer' % len(buffer.entries))
        os._exit(0)  # the sending thread may wait for an answer


def is_loopback(host):
    return host in ('localhost', '::1') or host.startswith('127.')


def wait_accepted(config, seconds):
    """Waits until the running agent says that a report was accepted and nothing failed since."""
    path = os.path.join(config.state_path, 'status.json')
    end = time.monotonic() + seconds
    status = {}
    while True:
        status = json_object((read_text(path) or '').encode()) or {}
        alive = isinstance(status.get('pid'), int) and os.path.exists('/proc/%d' % status['pid'])
        if alive and status.get('lastAcceptedAt') and not status.get('lastError'):
            print(status['lastAcceptedAt'])
            return 0
        if time.monotonic() >= end:
            break
        time.sleep(0.25)
    if not alive:
        sys.stderr.write('the agent does not run\n')
    else:
        sys.stderr.write((status.get('lastError') or 'no report was answered yet') + '\n')
    return 1


def exporters():
    """{name: {"answers": bool, "taken": bool}} for the two ports on which exporters stand."""
    taken = set()
    for table in ('/proc/net/tcp', '/proc/net/tcp6'):
        for line in (read_text(table) or '').splitlines()[1:]:
            part = line.split()
            if len(part) > 3 and part[3] == '0A':
                taken.add(int(part[1].rpartition(':')[2], 16))
    result = {}
    for name, port, proof in (('node_exporter', 9100, 'node_cpu_seconds_total'),
                              ('process_exporter', 9256, 'namedprocess_namegroup_num_procs')):
        try:
            url = Url('http://127.0.0.1:%d/metrics' % port, name)
            answers = proof in scrape(url, 3, NODE_WANTED | PROCESS_WANTED)
        except TransferError:
            answers = False
        result[name] = {'answers': answers, 'taken': port in taken}
    print(json.dumps(result))
    return 0


def main(arguments):
    config_path, command, seconds, with_parent = None, 'run', 0.0, False
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word == '--config' and rest:
            config_path = rest.pop(0)
        elif word in ('--once', '--exporters', '--version', '--help', '-h'):
            command = word.strip('-')
        elif word == '--wait-accepted' and rest and re.fullmatch(r'\d+(\.\d+)?', rest[0]):
            command, seconds = 'wait', float(rest.pop(0))
        elif word == '--exit-with-parent':
            with_parent = True
        else:
            sys.stderr.write('not understood: %s; try --help\n' % plain(word))
            return 2
    try:
        if command == 'version':
            print(VERSION)
            return 0
        if command in ('help', 'h'):
            print(__doc__.strip())
            return 0
        if command == 'exporters':
            return exporters()
        config = load_config(config_path or DEFAULT_CONFIG, command != 'once' or config_path is not None)
        if command == 'once':
            print(json.dumps(Collector(config).report()[1]))
            return 0
        if command == 'wait':
            return wait_accepted(config, seconds)
        run(config, with_parent)
    except ConfigError as fault:
        log('error', str(fault))
        return 78
    except OSError as fault:
        log('error', '%s: %s' % (fault.filename or 'system', reason(fault)))
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
