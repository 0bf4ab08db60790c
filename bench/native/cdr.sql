CREATE TABLE cdr (
    calldate timestamptz NOT NULL DEFAULT now(),
    clid text NOT NULL DEFAULT '',
    src text NOT NULL DEFAULT '',
    dst text NOT NULL DEFAULT '',
    dcontext text NOT NULL DEFAULT '',
    channel text NOT NULL DEFAULT '',
    dstchannel text NOT NULL DEFAULT '',
    lastapp text NOT NULL DEFAULT '',
    lastdata text NOT NULL DEFAULT '',
    start timestamptz,
    answer timestamptz,
    "end" timestamptz,
    duration integer NOT NULL DEFAULT 0,
    billsec integer NOT NULL DEFAULT 0,
    disposition text NOT NULL DEFAULT '',
    amaflags text NOT NULL DEFAULT '',
    accountcode text NOT NULL DEFAULT '',
    uniqueid text NOT NULL DEFAULT '',
    linkedid text NOT NULL DEFAULT '',
    userfield text NOT NULL DEFAULT ''
);
CREATE INDEX cdr_calldate_idx ON cdr (calldate);
