#ifndef STEWARD_WEBVIEW_H
#define STEWARD_WEBVIEW_H

typedef struct {
	int x, y, width, height, placed, maximised;
} steward_place;

void steward_settle(steward_place start);
void steward_put(steward_place to);
steward_place steward_placed(void);
void steward_quit(void);
char *steward_at(void); // to be freed

#endif
