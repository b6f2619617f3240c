/* Responses. Knows headers and who owns what; does not know what is answered. */
#include "answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "request.h"
#include "stream.h"

#define JSON        "application/json"
#define MORE_MOST   4
#define COMMON_MOST 7

/* What every answer says: nobody keeps it, nothing of it runs but our own files, it stands in
 * nobody's frame, and nobody learns from where a link of it was followed. */
static const embark_admin_header common[COMMON_MOST] = {
    {"Content-Type",                 JSON                         },
    {"Cache-Control",                "no-store"                   },
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
     "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
    {"Cross-Origin-Resource-Policy", "same-origin"                },
    {"Referrer-Policy",              "no-referrer"                },
    {"X-Content-Type-Options",       "nosniff"                    },
    {"X-Frame-Options",              "DENY"                       },
};

static const char no_memory[] = "{\"error\":{\"code\":\"HTTP\",\"message\":\"out of memory\"}}\n";

/* What a response owns. */
typedef struct owned {
  embark_admin_header headers[COMMON_MOST + MORE_MOST];
  size_t header_count;
  text body;
  char refusal[256];
  char seconds[24];
  char location[3 + MOUNT_MOST + 1];
  struct stream *stream;
} owned;

static void set_no_memory(embark_admin_response *r)
{
  r->status = 503;
  r->body = no_memory;
  r->body_size = sizeof no_memory - 1;
  r->content_length = sizeof no_memory - 1;
  r->is_stream = 0;
}

bool answer_begin(embark_admin_response *r)
{
  *r = (embark_admin_response){.headers = common, .header_count = COMMON_MOST};
  set_no_memory(r);
  owned *o = calloc(1, sizeof *o);
  if (o == NULL) {
    return false;
  }
  memcpy(o->headers, common, sizeof common);
  o->header_count = COMMON_MOST;
  r->headers = o->headers;
  r->owned = o;
  return true;
}

/* What an earlier answer of this response was. */
static void forget_body(owned *o)
{
  text_free(&o->body);
  if (o->stream != NULL) {
    stream_free(o->stream);
    o->stream = NULL;
  }
}

/* The type stands first, so that an answer without one begins behind it. */
static void set(embark_admin_response *r, int status, const char *content_type, const void *body,
                size_t size)
{
  owned *o = r->owned;
  o->headers[0].value = content_type;
  r->status = status;
  r->headers = content_type != NULL ? o->headers : o->headers + 1;
  r->header_count = o->header_count - (content_type == NULL);
  r->body = body;
  r->body_size = size;
  r->content_length = size;
  r->is_stream = 0;
}

void answer_constant(embark_admin_response *r, int status, const char *content_type,
                     const void *body, size_t size)
{
  if (r->owned != NULL) {
    forget_body(r->owned);
    set(r, status, content_type, body, size);
  }
}

void answer_no_memory(embark_admin_response *r)
{
  answer_constant(r, 503, JSON, no_memory, sizeof no_memory - 1);
}

bool answer_is_no_memory(const embark_admin_response *r)
{
  return r->body == no_memory;
}

void answer_set(embark_admin_response *r, int status, const char *content_type, text *body)
{
  owned *o = r->owned;
  if (o == NULL || body->failed) {
    text_free(body);
    answer_no_memory(r);
    return;
  }
  forget_body(o);
  o->body = *body;
  *body = (text){0};
  set(r, status, content_type, text_string(&o->body), o->body.size);
}

void answer_stream(embark_admin_response *r, struct stream *events)
{
  owned *o = r->owned;
  if (o == NULL) {
    stream_free(events);
    return;
  }
  forget_body(o);
  o->stream = events;
  set(r, 200, "text/event-stream", "", 0);
  r->is_stream = 1;
}

/* Whether a character can stand in a string of JSON as it is, and in HTML, too. */
static bool is_harmless(char c)
{
  return c >= ' ' && c < 0x7f && strchr("\"\\<>&", c) == NULL;
}

void answer_refuse(embark_admin_response *r, int status, const char *message)
{
  owned *o = r->owned;
  if (o == NULL) {
    return;
  }
  char said[200];
  size_t size = 0;
  for (; message[size] != '\0' && size < sizeof said - 1; size++) {
    said[size] = is_harmless(message[size]) ? message[size] : '?';
  }
  said[size] = '\0';
  forget_body(o);
  snprintf(o->refusal, sizeof o->refusal, "{\"error\":{\"code\":\"HTTP\",\"message\":\"%s\"}}\n",
           said);
  set(r, status, JSON, o->refusal, strlen(o->refusal));
}

void answer_header(embark_admin_response *r, const char *name, const char *value)
{
  owned *o = r->owned;
  if (o != NULL && o->header_count < sizeof o->headers / sizeof o->headers[0]) {
    o->headers[o->header_count++] = (embark_admin_header){name, value};
    r->header_count++;
  }
}

void answer_retry_after(embark_admin_response *r, int64_t ms)
{
  owned *o = r->owned;
  if (o != NULL) {
    snprintf(o->seconds, sizeof o->seconds, "%lld", (long long)((ms + 999) / 1000));
    answer_header(r, "Retry-After", o->seconds);
  }
}

void answer_location(embark_admin_response *r, const char *part)
{
  owned *o = r->owned;
  if (o != NULL) {
    snprintf(o->location, sizeof o->location, "../%s", part);
    answer_header(r, "Location", o->location);
  }
}

void answer_without_body(embark_admin_response *r)
{
  r->body_size = 0;
}

struct stream *answer_streams(const embark_admin_response *r)
{
  const owned *o = r->owned;
  return o != NULL ? o->stream : NULL;
}

void answer_free(embark_admin_response *r)
{
  if (r->owned != NULL) {
    forget_body(r->owned);
    free(r->owned);
  }
  *r = (embark_admin_response){.body = ""};
}
