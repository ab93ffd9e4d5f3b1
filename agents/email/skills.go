package email

import (
	"embed"
	"io/fs"
)

//go:embed skills
var shipped embed.FS

// skillFolders is the skills that come with the agent, one folder each.
func skillFolders() fs.FS {
	folders, err := fs.Sub(shipped, "skills")
	if err != nil {
		panic("the name of the embedded skills is wrong: " + err.Error())
	}
	return folders
}
