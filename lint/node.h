/* node.h - reading a parse tree. Every function takes NULL for "there is none", so that a path
 * through a tree needs no check at each step. libpg_query leaves out what is 0, false or empty. */
#ifndef EMBARK_LINT_NODE_H
#define EMBARK_LINT_NODE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* The member `key`; "a.b" is the member b of the member a. NULL when there is none. */
json_t *node_get(json_t *node, const char *path);

/* The member as a text, also of a {"String": {"sval": ...}}; NULL when there is none. */
const char *node_text(json_t *node, const char *path);

bool node_flag(json_t *node, const char *path);

/* 0 when there is none. */
long node_number(json_t *node, const char *path);

/* The member is a text equal to `value`. */
bool node_is(json_t *node, const char *path, const char *value);

/* The members of {KIND: members}, when its kind is `kind`; else NULL. */
json_t *node_as(json_t *wrapped, const char *kind);

/* "KIND" of {KIND: members}; "" for anything else. */
const char *node_kind(json_t *wrapped);

/* The `index`th of the list `path`, or NULL behind its end. */
json_t *node_at(json_t *node, const char *path, size_t index);

/* The list of names that an item of a statement's list stands for: that of a function, a type, or
 * several Strings; NULL when it is a single String. */
json_t *node_listed_names(json_t *item);

/* The last name of a list of Strings: "t" of a.b.t. NULL when there is none. */
const char *node_last_name(json_t *names);

/* The last name but one: "b" of a.b.t. NULL when there is none. */
const char *node_schema_name(json_t *names);

/* The DefElem `name` of a list; NULL when there is none. */
json_t *node_find_option(json_t *list, const char *name);

/* The option `name` of a list as (FULL, CONCURRENTLY off): it is there, and not off. */
bool node_option(json_t *list, const char *name);

/* Where in the statement it stands, in bytes: its own place, or that of the first part that has
 * one; 0 when nothing has. */
size_t node_place(json_t *node);

/* Call `visit` for every {KIND: members} in the tree, outermost first. */
void node_each(json_t *node, void (*visit)(void *data, const char *kind, json_t *node), void *data);

#endif
