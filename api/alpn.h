/* alpn.h - which protocol TLS agreed on for a connection (RFC 7301). */
#ifndef API_ALPN_H
#define API_ALPN_H

#include <curl/curl.h>

/* 1 where alpn_is_h2 can tell: libcurl is built with OpenSSL. */
int alpn_known(void);

/* 1 where the connection of this transfer, which is under way, is HTTP/2 by the handshake and not by what an answer
 * says of itself. */
int alpn_is_h2(CURL *e);

#endif
