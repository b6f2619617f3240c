/* admin_answers.h - what the admin endpoint answers to the letter, as talk() shows it. */
#ifndef EMBARK_TEST_ADMIN_ANSWERS_H
#define EMBARK_TEST_ADMIN_ANSWERS_H

#include "admin_talk.h"

#define M         EMBARK_ADMIN_MOUNT
#define JSON_TYPE "Content-Type: application/json\n"
#define REFUSAL(status, more, message)                                                             \
  status "\n" JSON_TYPE TALK_HEADERS more "\n{\"error\":{\"code\":\"HTTP\",\"message\":\"" message \
         "\"}}\n"

#define CLOSED    REFUSAL("403", "", "this endpoint is closed")
#define NOT_YOU   REFUSAL("403", "", "not for you")
#define NOT_FOUND REFUSAL("404", "", "there is nothing here")
#define NOT_SO    REFUSAL("405", "Allow: GET, HEAD, OPTIONS\n", "not with this method")
#define NOT_THERE REFUSAL("405", "Allow: GET, HEAD, POST, OPTIONS\n", "not with this method")
#define UNKNOWN                                                                                    \
  REFUSAL("401", "WWW-Authenticate: Bearer realm=\"embark\"\n",                                    \
          "the secret is needed, as Authorization: Bearer")
#define TOO_MANY(seconds)                                                                          \
  REFUSAL("429", "Retry-After: " seconds "\n", "too many wrong secrets of late")
#define TOO_LARGE REFUSAL("413", "", "the body is too large")
#define NO_FORM   REFUSAL("415", "", "the body has to be application/x-www-form-urlencoded")
#define BAD(why)  REFUSAL("400", "", why)
#define MALFORMED BAD("the form is malformed")
#define FIELD     BAD("there is a field that is not known here")
#define OPTIONED  "204\n" TALK_HEADERS "Allow: GET, HEAD, OPTIONS\n\n"

#define COUNT(list) (int)(sizeof(list) / sizeof(list)[0])

#endif
