/* api.c - what was asked, from JSON, and what is answered. Answers are constant text and hold
 * nothing of what was sent, so they need no escaping; nor do they tell about the database. */
#include "api.h"

#include <stdio.h>
#include <string.h>
#include <jansson.h>

#include "waitlist.h"

/* tRPC's names and JSON-RPC numbers for the statuses used here. */
static const struct trpc_code {
  unsigned int status;
  int number;
  const char *name;
} TRPC_CODES[] = {
    {400, -32600, "BAD_REQUEST"          },
    {405, -32005, "METHOD_NOT_SUPPORTED" },
    {413, -32013, "PAYLOAD_TOO_LARGE"    },
    {422, -32022, "UNPROCESSABLE_CONTENT"},
    {503, -32603, "SERVICE_UNAVAILABLE"  },
    {500, -32603, "INTERNAL_SERVER_ERROR"}, /* the last one stands for all others */
};

static const struct trpc_code *trpc_code(unsigned int status)
{
  const struct trpc_code *code = TRPC_CODES;

  while (code->status != status && code->status != 500) {
    code++;
  }
  return code;
}

void answer_refuse(struct answer *answer, enum form form, unsigned int status, const char *reason)
{
  const struct trpc_code *code = trpc_code(status);

  answer->status = status;
  if (form == FORM_PLAIN) {
    snprintf(answer->body, sizeof(answer->body), "{\"ok\":false,\"error\":\"%s\"}", reason);
    return;
  }
  snprintf(answer->body, sizeof(answer->body),
           "{\"error\":{\"json\":{\"message\":\"%s\",\"code\":%d,\"data\":{\"code\":\"%s\","
           "\"httpStatus\":%u,\"path\":\"waitlist.join\"}}}}",
           reason, code->number, code->name, status);
}

static void answer_joined(struct answer *answer, enum form form, enum joined joined)
{
  const char *open = form == FORM_PLAIN ? "" : "{\"result\":{\"data\":{\"json\":";
  const char *close = form == FORM_PLAIN ? "" : "}}}";

  answer->status = 200;
  snprintf(answer->body, sizeof(answer->body), "%s{\"ok\":true,\"alreadyOnList\":%s}%s", open,
           joined == JOINED_BEFORE ? "true" : "false", close);
}

/* The object that holds the call's arguments, or NULL. */
static const json_t *arguments(const json_t *root, enum form form)
{
  if (form == FORM_TRPC_BATCH) {
    root = json_object_size(root) == 1 ? json_object_get(root, "0") : NULL;
  }
  return form == FORM_PLAIN ? root : json_object_get(root, "json");
}

/* Find a clean address in what was sent. Returns 0, or -1 with the refusal filled in. */
static int read_email(enum form form, const char *body, size_t size, char email[EMAIL_SIZE],
                      struct answer *answer)
{
  json_t *root = json_loadb(body, size, JSON_REJECT_DUPLICATES, NULL);
  const char *text = json_string_value(json_object_get(arguments(root, form), "email"));
  const char *problem = text ? email_clean(text, email) : NULL;

  if (!root) {
    answer_refuse(answer, form, 400, "the body is not JSON");
  } else if (!text) {
    answer_refuse(answer, form, 400, "there is no e-mail address in the body");
  } else if (problem) {
    answer_refuse(answer, form, 422, problem);
  }
  json_decref(root);
  return root && text && !problem ? 0 : -1;
}

void api_join(struct pool *pool, enum form form, const char *body, size_t size,
              struct answer *answer)
{
  char email[EMAIL_SIZE];
  enum joined joined;
  PGconn *conn;

  if (read_email(form, body, size, email, answer) != 0) {
    return;
  }
  conn = pool_take(pool);
  if (!conn) {
    answer_refuse(answer, form, 503, "the database is not available, please try again later");
    return;
  }
  joined = waitlist_join(conn, email);
  pool_give(pool, conn);
  if (joined == JOINED_UNREADY) {
    answer_refuse(answer, form, 503, "the waitlist is not open yet, please try again later");
    return;
  }
  if (joined == JOINED_FAILED) {
    answer_refuse(answer, form, 503, "the database is not available, please try again later");
    return;
  }
  answer_joined(answer, form, joined);
}
